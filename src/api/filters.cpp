#include "api/filters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "api/random_id.hpp"

namespace cairn::api {
namespace {

// The blocks that a log filter asks for; nothing above `last` where there is no upper bound.
struct Bounds {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};

Bounds bounds_of(const LogFilterObject& filter) {
  return {.first = fixed_number(filter.from).value_or(0), .last = fixed_number(filter.to)};
}

void write_removed_logs(JsonWriter& out, const chain::RemovedBlock& removed,
                        const LogFilterObject& filter) {
  const Bounds bounds = bounds_of(filter);
  const std::uint64_t number = removed.block->block.header.number;
  if (number < bounds.first || (bounds.last && number > *bounds.last)) {
    return;
  }
  for (const auto& log : chain::logs_of(*removed.block, *removed.receipts, filter.filter)) {
    write_log(out, log, true);
  }
}

std::string transactions_of(const std::vector<txpool::EntryPtr>& pooled, bool whole) {
  JsonWriter out;
  out.begin_array();
  for (const auto& entry : pooled) {
    if (whole) {
      write_transaction(out, entry->transaction, entry->hash, entry->sender, {});
    } else {
      out.value(entry->hash);
    }
  }
  out.end_array();
  return std::move(out).take();
}

}  // namespace

Filters::Filters(node::DevNode& node, std::shared_ptr<const base::Clock> clock,
                 const FilterLimits& limits)
    : clock_(std::move(clock)), limits_(limits) {
  events_ = node.events().subscribe([this](const node::Event& event) { note(event); });
  const std::scoped_lock lock(mutex_);
  if (!head_) {
    head_ = node.head();
  }
}

void Filters::note(const node::Event& event) {
  const std::scoped_lock lock(mutex_);
  if (const auto* changed = std::get_if<node::HeadChanged>(&event)) {
    head_ = changed->head;
    std::ranges::for_each(changed->removed, [this](const auto& block) { removed_.add(block); });
  } else if (const auto* pooled = std::get_if<node::TransactionPooled>(&event)) {
    pooled_.add(pooled->entry);
  } else {
    return;
  }
  if (filters_.empty()) {
    forget_told();
  } else if (removed_.size() > limits_.notes || pooled_.size() > limits_.notes) {
    removed_.drop_before(removed_.end() - std::min(removed_.size(), limits_.notes));
    pooled_.drop_before(pooled_.end() - std::min(pooled_.size(), limits_.notes));
  }
}

std::uint64_t Filters::notes_end(Kind kind) const {
  return kind == Kind::transactions ? pooled_.end() : removed_.end();
}

// Those that nobody polls, and those whose notes are gone.
void Filters::expire() {
  const std::uint64_t now = clock_->steady_ms();
  std::erase_if(filters_, [&](const auto& item) {
    const Filter& filter = *item.second;
    const bool behind =
        filter.next_note < (filter.kind == Kind::transactions ? pooled_.first() : removed_.first());
    return behind || now - filter.last_polled > limits_.idle_ms;
  });
  forget_told();
}

void Filters::forget_told() {
  std::uint64_t removed = removed_.end();
  std::uint64_t pooled = pooled_.end();
  for (const auto& [id, filter] : filters_) {
    std::uint64_t& told = filter->kind == Kind::transactions ? pooled : removed;
    told = std::min(told, filter->next_note);
  }
  removed_.drop_before(removed);
  pooled_.drop_before(pooled);
}

RpcResult<std::string> Filters::add(const FilterPtr& filter) {
  std::string id = random_id(random_);
  const std::scoped_lock lock(mutex_);
  expire();
  if (filters_.size() >= limits_.filters) {
    return rpc_fail(RpcCode::invalid_params,
                    fmt::format("too many filters: at most {}; eth_uninstallFilter ends one, and "
                                "one that is not polled ends by itself",
                                limits_.filters));
  }
  filter->next = head_->number() + 1;
  filter->next_note = notes_end(filter->kind);
  filter->last_polled = clock_->steady_ms();
  filters_.emplace(id, filter);
  return id;
}

RpcResult<std::string> Filters::add_logs(const LogFilterObject& filter) {
  CAIRN_CHECK(check_bounds(filter));
  const Bounds bounds = bounds_of(filter);
  if (bounds.last && bounds.first > *bounds.last) {
    return rpc_fail(RpcCode::invalid_params, "invalid block range params");
  }
  const auto made = std::make_shared<Filter>(Kind::logs);
  made->logs = filter;
  return add(made);
}

RpcResult<std::string> Filters::add_blocks() { return add(std::make_shared<Filter>(Kind::blocks)); }

RpcResult<std::string> Filters::add_transactions(bool whole) {
  const auto made = std::make_shared<Filter>(Kind::transactions);
  made->whole = whole;
  return add(made);
}

bool Filters::remove(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  expire();
  const bool was_there = filters_.erase(id) != 0;
  forget_told();
  return was_there;
}

RpcResult<Filters::FilterPtr> Filters::find(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  expire();
  const auto at = filters_.find(id);
  if (at == filters_.end()) {
    return rpc_fail(RpcCode::server, "filter not found");
  }
  at->second->last_polled = clock_->steady_ms();
  return at->second;
}

Filters::News Filters::take_news(Filter& filter) {
  const std::scoped_lock lock(mutex_);
  News out{.head = head_, .next = filter.next, .removed = {}, .pooled = {}};
  if (filter.kind == Kind::transactions) {
    for (auto n = std::max(filter.next_note, pooled_.first()); n < pooled_.end(); ++n) {
      out.pooled.push_back(pooled_.at(n));
    }
  } else {
    for (auto n = std::max(filter.next_note, removed_.first()); n < removed_.end(); ++n) {
      out.removed.push_back(removed_.at(n));
    }
  }
  filter.next_note = notes_end(filter.kind);
  forget_told();
  return out;
}

void Filters::told(Filter& filter, std::uint64_t next) {
  const std::scoped_lock lock(mutex_);
  filter.next = next;
}

Answer Filters::changes(const std::string& id) {
  CAIRN_TRY(const FilterPtr filter, find(id));
  const std::scoped_lock lock(filter->polling);
  const News news = take_news(*filter);
  switch (filter->kind) {
    case Kind::logs:
      return log_changes(*filter, news);
    case Kind::blocks:
      return block_changes(*filter, news);
    case Kind::transactions:
      break;
  }
  return transactions_of(news.pooled, filter->whole);
}

std::string Filters::log_changes(Filter& filter, const News& news) {
  JsonWriter out;
  out.begin_array();
  std::uint64_t next = news.next;
  for (const chain::RemovedBlock& removed : news.removed) {
    const std::uint64_t number = removed.block->block.header.number;
    if (number < next) {
      write_removed_logs(out, removed, filter.logs);
      next = number;
    }
  }
  const Bounds bounds = bounds_of(filter.logs);
  const std::uint64_t head = news.head->number();
  const std::uint64_t first = std::max(next, bounds.first);
  const std::uint64_t last = std::min(head, bounds.last.value_or(head));
  next = std::max(next, head + 1);
  if (first <= last && !filter.logs.block_hash) {
    const auto page =
        chain::page_of_logs(*news.head, filter.logs.filter, first, last, limits_.poll);
    for (const auto& log : page.logs) {
      write_log(out, log);
    }
    next = page.next > last ? next : page.next;
  }
  told(filter, next);
  out.end_array();
  return std::move(out).take();
}

std::string Filters::block_changes(Filter& filter, const News& news) {
  std::uint64_t next = news.next;
  for (const chain::RemovedBlock& removed : news.removed) {
    next = std::min(next, removed.block->block.header.number);
  }
  JsonWriter out;
  out.begin_array();
  for (std::size_t count = 0; next <= news.head->number() && count < limits_.hashes_of_a_poll;
       ++next, ++count) {
    out.value(news.head->header_at(next)->hash);
  }
  out.end_array();
  told(filter, next);
  return std::move(out).take();
}

RpcResult<LogFilterObject> Filters::log_filter(const std::string& id) {
  CAIRN_TRY(const FilterPtr filter, find(id));
  if (filter->kind != Kind::logs) {
    return rpc_fail(RpcCode::server, "filter not found");
  }
  return filter->logs;
}

std::size_t Filters::size() const {
  const std::scoped_lock lock(mutex_);
  return filters_.size();
}

std::size_t Filters::notes() const {
  const std::scoped_lock lock(mutex_);
  return removed_.size() + pooled_.size();
}

}  // namespace cairn::api
