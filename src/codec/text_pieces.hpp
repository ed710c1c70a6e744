#pragma once
// Text that is long before it ends: it grows, and is put into another, without being copied.

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <utility>

namespace cairn::codec {

class TextPieces {
 public:
  void add(std::string_view text) {
    if (pieces_.empty() || pieces_.back().size() + text.size() > pieces_.back().capacity()) {
      make_room(text.size());
    }
    pieces_.back() += text;
    size_ += text.size();
  }

  void add(TextPieces&& other) {
    if (other.pieces_.size() == 1) {
      add(other.pieces_.front());
    } else {
      size_ += other.size_;
      pieces_.splice(pieces_.end(), other.pieces_);
    }
    other = {};
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  auto begin() const { return pieces_.begin(); }
  auto end() const { return pieces_.end(); }

 private:
  static constexpr std::size_t kFirst = 4 * 1024;  // many texts are short
  static constexpr std::size_t kPiece = 64 * 1024;

  void make_room(std::size_t size) {
    std::string& last = pieces_.empty() ? pieces_.emplace_back() : pieces_.back();
    if (last.size() + size > kFirst) {
      pieces_.emplace_back().reserve(size > kPiece ? size : kPiece);
    } else {
      last.reserve(2 * (last.size() + size));
    }
  }

  std::list<std::string> pieces_;
  std::size_t size_ = 0;
};

}  // namespace cairn::codec
