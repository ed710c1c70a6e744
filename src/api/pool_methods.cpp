#include "api/pool_methods.hpp"

#include "api/json_writer.hpp"
#include "api/objects.hpp"
#include "types/checksum.hpp"

namespace cairn::api {
namespace {

using Entries = std::vector<txpool::EntryPtr>;

void write_entry(JsonWriter& out, const txpool::Entry& entry) {
  write_transaction(out, entry.transaction, entry.hash, entry.sender, std::nullopt);
}

// geth's sentence: "0x..: 5 wei + 21000 gas × 7 wei".
void write_summary(JsonWriter& out, const txpool::Entry& entry) {
  const types::Transaction& transaction = entry.transaction;
  const std::string to = transaction.to ? types::checksummed(*transaction.to) : "contract creation";
  out.string(fmt::format("{}: {} wei + {} gas × {} wei", to, to_decimal(transaction.value),
                         transaction.gas_limit, to_decimal(transaction.max_fee_per_gas)));
}

template <class Write>
void write_by_nonce(JsonWriter& out, Entries::const_iterator first, Entries::const_iterator last,
                    Write&& write) {
  out.begin_object();
  for (; first != last; ++first) {
    out.key(std::to_string((*first)->transaction.nonce));
    write(out, **first);
  }
  out.end_object();
}

// {sender (EIP-55): {nonce: ...}}; the entries are ordered by both.
template <class Write>
void write_by_sender(JsonWriter& out, const Entries& entries, Write&& write) {
  out.begin_object();
  for (auto first = entries.begin(); first != entries.end();) {
    const auto last = std::find_if(
        first, entries.end(), [&](const auto& entry) { return entry->sender != (*first)->sender; });
    out.key(types::checksummed((*first)->sender));
    write_by_nonce(out, first, last, write);
    first = last;
  }
  out.end_object();
}

template <class Write>
std::string by_sender(const txpool::Txpool::Content& content, Write&& write) {
  JsonWriter out;
  out.begin_object().key("pending");
  write_by_sender(out, content.pending, write);
  out.key("queued");
  write_by_sender(out, content.queued, write);
  out.end_object();
  return std::move(out).take();
}

}  // namespace

Answer txpool_status(Context& context) {
  const txpool::Status status = context.node.pool_status();
  JsonWriter out;
  out.begin_object().field("pending", std::uint64_t{status.pending});
  out.field("queued", std::uint64_t{status.queued}).end_object();
  return std::move(out).take();
}

Answer txpool_content(Context& context) {
  return by_sender(context.node.pool_content(), write_entry);
}

Answer txpool_content_from(Context& context, const Address& sender) {
  const auto content = context.node.pool_content_of(sender);
  JsonWriter out;
  out.begin_object().key("pending");
  write_by_nonce(out, content.pending.begin(), content.pending.end(), write_entry);
  out.key("queued");
  write_by_nonce(out, content.queued.begin(), content.queued.end(), write_entry);
  out.end_object();
  return std::move(out).take();
}

Answer txpool_inspect(Context& context) {
  return by_sender(context.node.pool_content(), write_summary);
}

}  // namespace cairn::api
