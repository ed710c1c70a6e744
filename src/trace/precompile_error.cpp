#include "trace/precompile_error.hpp"

#include <algorithm>

#include "crypto/digest.hpp"

namespace cairn::trace {
namespace {

constexpr std::size_t kBlakeInput = 213;    // EIP-152
constexpr std::size_t kPairingInput = 192;  // EIP-197
constexpr std::size_t kPointInput = 192;    // EIP-4844
constexpr std::size_t kG1 = 128;            // EIP-2537
constexpr std::size_t kG2 = 256;
constexpr std::size_t kScalar = 32;

bool is_whole_list(BytesView input, std::size_t item) {
  return !input.empty() && input.size() % item == 0;
}

// EIP-2537: whether the input has the length that the operation asks for.
bool has_length(unsigned number, BytesView input) {
  switch (number) {
    case 0x0b:
      return input.size() == 2 * kG1;
    case 0x0c:
      return is_whole_list(input, kG1 + kScalar);
    case 0x0d:
      return input.size() == 2 * kG2;
    case 0x0e:
      return is_whole_list(input, kG2 + kScalar);
    case 0x0f:
      return is_whole_list(input, kG1 + kG2);
    case 0x10:
      return input.size() == kG1 / 2;
    default:
      return input.size() == kG2 / 2;
  }
}

// EIP-4844: the commitment's hash, with its version in front, comes first.
bool has_right_version(BytesView input) {
  constexpr std::size_t kCommitment = 96;
  constexpr std::size_t kCommitmentSize = 48;
  Hash256 hash = crypto::sha256(input.subspan(kCommitment, kCommitmentSize));
  hash[0] = 1;
  return base::equal(hash, input.first(Hash256::size()));
}

}  // namespace

std::string_view precompile_error(const Address& address, BytesView input) {
  const unsigned number = address[18] * 256u + address[19];
  switch (number) {
    case 0x05:
      return "one or more of base/exponent/modulus length exceeded 1024 bytes";
    case 0x06:
    case 0x07:
      return "bn256: malformed point";
    case 0x08:
      return input.size() % kPairingInput != 0 ? "bad elliptic curve pairing size"
                                               : "bn256: malformed point";
    case 0x09:
      return input.size() != kBlakeInput ? "invalid input length" : "invalid final flag";
    case 0x0a:
      if (input.size() != kPointInput) {
        return "invalid input length";
      }
      return has_right_version(input) ? "error verifying kzg proof" : "mismatched versioned hash";
    default:
      return has_length(number, input) ? "invalid point: not on curve" : "invalid input length";
  }
}

}  // namespace cairn::trace
