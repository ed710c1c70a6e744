#include "api/answer_writer.hpp"

#include <fmt/format.h>

#include <utility>

#include "api/request.hpp"

namespace cairn::api {

AnswerWriter::AnswerWriter(std::string_view id, Sink sink)
    : JsonWriter(sink ? Sink([this](std::string piece) { pass_on(std::move(piece)); }) : Sink()),
      id_(id),
      sink_(std::move(sink)) {}

void AnswerWriter::pass_on(std::string piece) {
  if (!std::exchange(begun_, true)) {
    piece.insert(0, fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":)", id_));
  }
  if (running_ != nullptr) {
    running_->pause();
  }
  sink_(std::move(piece));
  if (running_ != nullptr) {
    running_->resume();
  }
}

std::string AnswerWriter::finish(const RpcResult<void>& result) {
  if (!begun_) {
    return result ? result_reply(id_, std::move(*this).take()) : error_reply(id_, result.error());
  }
  close_all();
  std::string rest = std::move(*this).take();
  if (!result) {
    rest += R"(,"error":)" + error_object(result.error());
  }
  return rest + '}';
}

}  // namespace cairn::api
