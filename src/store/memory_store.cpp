#include "store/memory_store.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>

namespace cairn::store {
namespace {

struct Before {
  using is_transparent = void;
  bool operator()(BytesView a, BytesView b) const {
    return std::ranges::lexicographical_compare(a, b);
  }
};

// What a key held from the write of that number on; nothing: erased.
struct Version {
  std::uint64_t written;
  std::optional<Bytes> value;
};

// Keys stay when they are erased, so that a cursor's place does.
using Table = std::map<Bytes, std::vector<Version>, Before>;

}  // namespace

class MemoryStore::Data {
 public:
  std::optional<Bytes> get(Column column, BytesView key, std::uint64_t at) const {
    const std::shared_lock lock(mutex_);
    const Table& table = tables_[static_cast<std::size_t>(column)];
    const auto found = table.find(key);
    const Bytes* value = found != table.end() ? seen(found->second, at) : nullptr;
    return value != nullptr ? std::optional(*value) : std::nullopt;
  }

  void write(const Batch& batch) {
    const std::unique_lock lock(mutex_);
    ++last_;
    batch.replay(
        [&](Column column, BytesView key, BytesView value) {
          add(of(column)[base::to_bytes(key)], base::to_bytes(value));
        },
        [&](Column column, BytesView key) {
          Table& table = of(column);
          if (const auto found = table.find(key); found != table.end()) {
            add(found->second, std::nullopt);
          }
        },
        [&](Column column, BytesView first, BytesView end) {
          Table& table = of(column);
          for (auto at = table.lower_bound(first); at != table.end() && Before{}(at->first, end);
               ++at) {
            add(at->second, std::nullopt);
          }
        });
  }

  std::uint64_t hold() {
    const std::unique_lock lock(mutex_);
    held_.insert(last_);
    return last_;
  }
  void release(std::uint64_t at) {
    const std::unique_lock lock(mutex_);
    held_.erase(held_.find(at));
  }

  // Null where nothing was at that time.
  static const Bytes* seen(const std::vector<Version>& versions, std::uint64_t at) {
    const auto after = std::ranges::upper_bound(versions, at, {}, &Version::written);
    if (after == versions.begin()) {
      return nullptr;
    }
    const auto& value = std::prev(after)->value;
    return value ? &*value : nullptr;
  }

  std::shared_mutex& mutex() const { return mutex_; }
  const Table& table(Column column) const { return tables_[static_cast<std::size_t>(column)]; }

 private:
  Table& of(Column column) { return tables_[static_cast<std::size_t>(column)]; }

  void add(std::vector<Version>& versions, std::optional<Bytes> value) {
    if (!versions.empty() && versions.back().written == last_) {
      versions.back().value = std::move(value);
      return;
    }
    // The newest version that the oldest snapshot sees is the first that is needed.
    const std::uint64_t oldest = held_.empty() ? last_ : *held_.begin();
    const auto after = std::ranges::upper_bound(versions, oldest, {}, &Version::written);
    if (held_.empty()) {
      versions.clear();
    } else if (after != versions.begin()) {
      versions.erase(versions.begin(), std::prev(after));
    }
    versions.push_back({.written = last_, .value = std::move(value)});
  }

  mutable std::shared_mutex mutex_;
  std::array<Table, kColumnCount> tables_;
  std::uint64_t last_ = 0;
  std::multiset<std::uint64_t> held_;
};

// Copies what it stands on: the writer may go on meanwhile.
class MemoryStore::Walk final : public Cursor {
 public:
  Walk(const Data& data, Column column, std::uint64_t at)
      : data_(data), table_(data.table(column)), at_(at), place_(table_.end()) {}

  void seek(BytesView key) override {
    const std::shared_lock lock(data_.mutex());
    place_ = table_.lower_bound(key);
    settle_forwards();
  }
  void seek_for_prev(BytesView key) override {
    const std::shared_lock lock(data_.mutex());
    place_ = table_.upper_bound(key);
    step_back();
  }
  void next() override {
    const std::shared_lock lock(data_.mutex());
    ++place_;
    settle_forwards();
  }
  void prev() override {
    const std::shared_lock lock(data_.mutex());
    step_back();
  }
  bool valid() const override { return valid_; }
  BytesView key() const override { return place_->first; }
  BytesView value() const override { return value_; }

 private:
  bool take() {
    const Bytes* value = Data::seen(place_->second, at_);
    if (value != nullptr) {
      value_ = *value;
    }
    valid_ = value != nullptr;
    return valid_;
  }
  void settle_forwards() {
    valid_ = false;
    while (place_ != table_.end() && !take()) {
      ++place_;
    }
  }
  // To the last key before the place.
  void step_back() {
    valid_ = false;
    while (place_ != table_.begin()) {
      --place_;
      if (take()) {
        return;
      }
    }
  }

  const Data& data_;
  const Table& table_;
  std::uint64_t at_;
  Table::const_iterator place_;
  Bytes value_;
  bool valid_ = false;
};

class MemoryStore::Snapshot final : public Reader {
 public:
  explicit Snapshot(std::shared_ptr<Data> data) : data_(std::move(data)), at_(data_->hold()) {}
  ~Snapshot() override { data_->release(at_); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  std::optional<Bytes> get(Column column, BytesView key) const override {
    return data_->get(column, key, at_);
  }
  std::unique_ptr<Cursor> cursor(Column column) const override {
    return std::make_unique<Walk>(*data_, column, at_);
  }

 private:
  std::shared_ptr<Data> data_;
  std::uint64_t at_;
};

namespace {

// A cursor that keeps its snapshot.
class Keeping final : public Cursor {
 public:
  Keeping(std::shared_ptr<const Reader> reader, Column column)
      : reader_(std::move(reader)), cursor_(reader_->cursor(column)) {}

  void seek(BytesView key) override { cursor_->seek(key); }
  void seek_for_prev(BytesView key) override { cursor_->seek_for_prev(key); }
  void next() override { cursor_->next(); }
  void prev() override { cursor_->prev(); }
  bool valid() const override { return cursor_->valid(); }
  BytesView key() const override { return cursor_->key(); }
  BytesView value() const override { return cursor_->value(); }

 private:
  std::shared_ptr<const Reader> reader_;
  std::unique_ptr<Cursor> cursor_;
};

constexpr std::uint64_t kNow = ~std::uint64_t{0};

}  // namespace

MemoryStore::MemoryStore() : data_(std::make_shared<Data>()) {}
MemoryStore::~MemoryStore() = default;

std::optional<Bytes> MemoryStore::get(Column column, BytesView key) const {
  return data_->get(column, key, kNow);
}

std::unique_ptr<Cursor> MemoryStore::cursor(Column column) const {
  return std::make_unique<Keeping>(snapshot(), column);
}

Result<void> MemoryStore::commit(Batch batch) {
  data_->write(batch);
  return {};
}

std::shared_ptr<const Reader> MemoryStore::snapshot() const {
  return std::make_shared<const Snapshot>(data_);
}

}  // namespace cairn::store
