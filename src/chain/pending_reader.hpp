#pragma once
// A store as it will be after a batch that is still being made: several changes that build upon
// each other become one atomic batch. One thread.

#include <array>
#include <map>
#include <memory>
#include <optional>

#include "store/store.hpp"

namespace cairn::chain {

class PendingReader final : public store::Reader {
 public:
  explicit PendingReader(std::shared_ptr<const store::Reader> base) : base_(std::move(base)) {}

  // What was put or erased is seen from now on, but by cursors made before. Ranges are not taken.
  void apply(const store::Batch& batch);
  // All that was applied, after what `batch` holds.
  store::Batch added_to(store::Batch batch) const;

  std::optional<Bytes> get(store::Column column, BytesView key) const override;
  std::unique_ptr<store::Cursor> cursor(store::Column column) const override;

 private:
  using Writes = std::map<Bytes, std::optional<Bytes>>;  // nothing: erased
  class Merged;

  std::shared_ptr<const store::Reader> base_;
  std::array<Writes, store::kColumnCount> writes_;
};

}  // namespace cairn::chain
