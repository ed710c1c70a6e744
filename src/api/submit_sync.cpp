#include "api/submit_sync.hpp"

#include <fmt/format.h>

#include "api/json_writer.hpp"
#include "api/receipt_waits.hpp"
#include "api/submit_methods.hpp"
#include "api/transaction_methods.hpp"

namespace cairn::api {
namespace {

constexpr std::uint64_t kUsualWait = 2'000;  // milliseconds, as the EIP recommends
constexpr std::uint64_t kLongestWait = 60'000;

// `hash`: none where this node would have signed it.
RpcError refused(const txpool::Refusal& refusal, const std::optional<Hash256>& hash) {
  switch (refusal.code) {
    case txpool::PoolRefused::nonce_gap:
      return {RpcCode::nonce_gap, refusal.message, to_json(refusal.expected_nonce)};
    case txpool::PoolRefused::not_executable:
      return {RpcCode::not_executable, refusal.message, to_json(hash)};
    default:
      return rpc_error(refusal);
  }
}

std::unexpected<RpcError> not_mined(const node::DevNode& node, ReceiptWaits::End end,
                                    const Hash256& hash, std::uint64_t wait) {
  if (end == ReceiptWaits::End::timeout) {
    return std::unexpected(
        RpcError{RpcCode::receipt_timeout,
                 fmt::format("the transaction is in the pool and was not mined within {} ms", wait),
                 to_json(hash)});
  }
  const auto dropped = node.why_dropped(hash);
  return std::unexpected(
      RpcError{RpcCode::server,
               fmt::format("the transaction has left the pool without a block: {}",
                           dropped ? dropped->reason.message : "this chain knows it no more"),
               to_json(hash)});
}

RpcResult<void> send_and_wait(Context& context, Later& later, node::Submission submission,
                              std::uint64_t wait) {
  submission.only_if_executable = true;
  std::optional<Hash256> known;
  if (!submission.key && !submission.impersonate) {
    known = types::transaction_hash(submission.transaction);
  }
  const std::uint64_t deadline = context.receipt_waits->clock().steady_ms() + wait;
  std::vector<node::Submission> one;
  one.push_back(std::move(submission));
  context.node.submit(
      std::move(one), [waits = context.receipt_waits, answer = std::move(later.answer), known, wait,
                       deadline, &node = context.node](const node::SubmitReply& replies) {
        if (!replies.front()) {
          return answer(std::unexpected(refused(replies.front().error(), known)));
        }
        const Hash256 hash = replies.front()->hash;
        waits->wait(
            hash, deadline,
            [=, &node](ReceiptWaits::End end, const std::shared_ptr<const chain::ChainView>& head) {
              if (end == ReceiptWaits::End::mined) {
                return answer(receipt_text(*head, hash));
              }
              answer(not_mined(node, end, hash, wait));
            });
      });
  return {};
}

}  // namespace

Read<WaitTime> read_wait_time(JsonValue value) {
  std::uint64_t ms = 0;
  if (value.is_string()) {
    CAIRN_TRY(ms, read_quantity64(value));
  } else if (!value.is_number()) {
    return bad("want a number of milliseconds");
  } else if (value.get(ms) != simdjson::SUCCESS) {
    ms = 0;  // negative, or with a fraction
  }
  return WaitTime{ms == 0 || ms > kLongestWait ? kUsualWait : ms};
}

RpcResult<void> eth_send_raw_transaction_sync(Context& context, Later& later,
                                              const Bytes& transaction,
                                              const std::optional<WaitTime>& timeout) {
  CAIRN_TRY(node::Submission submission, eth_send_raw_transaction(context, transaction));
  return send_and_wait(context, later, std::move(submission),
                       timeout.value_or(WaitTime{kUsualWait}).ms);
}

RpcResult<void> eth_send_transaction_sync(Context& context, Later& later,
                                          const TransactionObject& transaction,
                                          const std::optional<WaitTime>& timeout) {
  CAIRN_TRY(node::Submission submission, eth_send_transaction(context, transaction));
  return send_and_wait(context, later, std::move(submission),
                       timeout.value_or(WaitTime{kUsualWait}).ms);
}

}  // namespace cairn::api
