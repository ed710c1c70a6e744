#pragma once
// A store as it will be after a batch that is still being made: several changes that build upon
// each other become one atomic batch. One thread.

#include <array>
#include <map>
#include <optional>

#include "store/store.hpp"

namespace cairn::chain {

class PendingReader final : public store::Reader {
 public:
  // `base` must outlive it.
  explicit PendingReader(const store::Reader& base) : base_(base) {}

  // What was put or erased is seen by get() from now on. Ranges are not taken.
  void apply(const store::Batch& batch);
  // All that was applied, after what `batch` holds.
  store::Batch added_to(store::Batch batch) const;

  std::optional<Bytes> get(store::Column column, BytesView key) const override;
  // Walks what is stored below, without what was applied.
  std::unique_ptr<store::Cursor> cursor(store::Column column) const override {
    return base_.cursor(column);
  }

 private:
  const store::Reader& base_;
  std::array<std::map<Bytes, std::optional<Bytes>>, store::kColumnCount> writes_;
};

}  // namespace cairn::chain
