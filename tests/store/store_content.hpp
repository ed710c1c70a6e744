#pragma once
// All that a store holds, to compare two of them.

#include <map>
#include <utility>

#include "store/store.hpp"

namespace cairn::testing {

using StoreContent = std::map<std::pair<store::Column, Bytes>, Bytes>;

inline StoreContent content_of(const store::Store& store) {
  StoreContent out;
  for (std::size_t i = 0; i < store::kColumnCount; ++i) {
    const auto column = static_cast<store::Column>(i);
    const auto cursor = store.cursor(column);
    for (cursor->seek({}); cursor->valid(); cursor->next()) {
      out.emplace(std::pair(column, base::to_bytes(cursor->key())),
                  base::to_bytes(cursor->value()));
    }
  }
  return out;
}

}  // namespace cairn::testing
