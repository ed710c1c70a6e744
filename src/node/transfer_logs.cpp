#include "node/transfer_logs.hpp"

#include <iterator>
#include <utility>

namespace cairn::node {
namespace {

constexpr Address kEther = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"_address;  // ERC-7528
constexpr Hash256 kTransferTopic =  // keccak256("Transfer(address,address,uint256)")
    "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"_hash;

}  // namespace

std::vector<NumberedLog> TransferLogs::take() {
  std::vector<NumberedLog> out;
  if (!frames_.empty()) {
    out = std::move(frames_.front());
  }
  frames_.clear();
  return out;
}

void TransferLogs::on_enter(const evm::Message& message) {
  frames_.emplace_back();
  if (message.kind != evm::CallKind::delegate_call && message.kind != evm::CallKind::call_code) {
    add_transfer(message.sender, message.recipient, message.value);
  }
}

void TransferLogs::on_exit(evm::Status status, std::int64_t /*gas_left*/, BytesView /*output*/) {
  const bool failed = status != evm::Status::success;
  if (frames_.size() == 1) {
    if (failed) {
      frames_.front().clear();
    }
    return;
  }
  std::vector<NumberedLog> inner = std::move(frames_.back());
  frames_.pop_back();
  if (!failed) {
    std::ranges::move(inner, std::back_inserter(frames_.back()));
  }
}

void TransferLogs::on_log(const types::Log& log) { frames_.back().push_back({log, count_++}); }

void TransferLogs::on_selfdestruct(const Address& address, const Address& beneficiary,
                                   const U256& balance) {
  add_transfer(address, beneficiary, balance);
}

void TransferLogs::add_transfer(const Address& from, const Address& to, const U256& wei) {
  if (!with_transfers_ || wei.is_zero()) {
    return;
  }
  on_log({.address = kEther,
          .topics = {kTransferTopic, Hash256::from_right(from), Hash256::from_right(to)},
          .data = base::to_bytes(base::to_hash(wei))});
}

}  // namespace cairn::node
