#pragma once
// geth's flatCallTracer: the tree of calls as a list, in the shape of Parity's traces.

#include <string>

#include "trace/call_tracer.hpp"

namespace cairn::trace {

struct FlatCallOptions {
  bool convert_parity_errors = false;
  bool include_precompiles = false;  // calls to them from a contract
};

class FlatCallTracer final : public FrameTracer {
 public:
  explicit FlatCallTracer(const FlatCallOptions& options) : FrameTracer({}), options_(options) {}

  void begin(const Subject& subject) override;
  void write(codec::JsonWriter& out) override;

 private:
  struct Place {
    std::optional<Hash256> block_hash;
    std::uint64_t block_number = 0;
    std::optional<Hash256> transaction_hash;
    std::uint64_t transaction_index = 0;
  };

  void write_frame(codec::JsonWriter& out, const CallFrame& frame,
                   std::vector<std::uint64_t>& address) const;
  bool is_shown(const CallFrame& call) const;

  FlatCallOptions options_;
  Place place_;
};

// The member `action` of a flat trace, and its type: "call", "create" or "suicide".
enum class CreationMethod : std::uint8_t { told, untold };

void write_action(codec::JsonWriter& out, const CallFrame& frame,
                  CreationMethod method = CreationMethod::told);
std::string_view flat_type_name(FrameType type);

// Parity's word for geth's error; the error itself where Parity has none.
std::string parity_error(const std::string& error);

}  // namespace cairn::trace
