#pragma once
// A store in plain maps, gone when it is: for tests of chains and for measuring what a disk would
// hide. A key keeps the values that snapshots still see.

#include <memory>

#include "store/store.hpp"

namespace cairn::store {

class MemoryStore final : public Store {
 public:
  MemoryStore();
  ~MemoryStore() override;

  std::optional<Bytes> get(Column column, BytesView key) const override;
  std::unique_ptr<Cursor> cursor(Column column) const override;  // of this moment
  Result<void> commit(Batch batch) override;
  std::shared_ptr<const Reader> snapshot() const override;

 private:
  class Data;
  class Snapshot;
  class Walk;
  std::shared_ptr<Data> data_;
};

}  // namespace cairn::store
