#include "crypto/hd_wallet.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <charconv>
#include <stdexcept>
#include <string>

#include "crypto/bip39_words.hpp"
#include "crypto/digest.hpp"

namespace cairn::crypto {
namespace {

constexpr int kSeedRounds = 2048;  // of PBKDF2, BIP-39
constexpr std::size_t kSeedSize = 64;
constexpr std::size_t kBitsAWord = 11;

std::vector<std::string_view> split_words(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t start = text.find_first_not_of(kSpace);
    if (start == std::string_view::npos) {
      return words;
    }
    text.remove_prefix(start);
    words.push_back(text.substr(0, text.find_first_of(kSpace)));
    text.remove_prefix(words.back().size());
  }
}

// The words hold entropy and, in the last bits, the first bits of its sha256: one for every 32.
Result<> check_words(const std::vector<std::string_view>& words) {
  if (words.size() < 12 || words.size() > 24 || words.size() % 3 != 0) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("a mnemonic has 12, 15, 18, 21 or 24 words, not {}", words.size()));
  }
  Bytes bits(33);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto index = bip39_index(words[i]);
    if (!index) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("word {} of the mnemonic, '{}', is not in the English list of BIP-39",
                              i + 1, words[i]));
    }
    for (std::size_t bit = 0; bit < kBitsAWord; ++bit) {
      const std::size_t place = i * kBitsAWord + bit;
      const std::uint32_t value = (*index >> (kBitsAWord - 1 - bit)) & 1;
      bits[place / 8] = static_cast<std::uint8_t>(bits[place / 8] | (value << (7 - place % 8)));
    }
  }
  const std::size_t checksum_bits = words.size() / 3;
  const std::size_t entropy_size = checksum_bits * 4;
  const Hash256 hash = sha256(BytesView(bits).first(entropy_size));
  const std::size_t spare = 8 - checksum_bits;
  if ((bits[entropy_size] >> spare) != (hash[0] >> spare)) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("word {} of the mnemonic, '{}', does not match the others: its checksum "
                    "is wrong, so one of the words is another or stands elsewhere",
                    words.size(), words.back()));
  }
  return {};
}

FixedBytes<64> hmac_sha512(BytesView key, BytesView data) {
  FixedBytes<64> out;
  if (HMAC(EVP_sha512(), key.data(), static_cast<int>(key.size()), data.data(), data.size(),
           out.data(), nullptr) == nullptr) {
    throw std::runtime_error("OpenSSL failed to compute HMAC-SHA512");
  }
  return out;
}

struct ExtendedKey {
  SecretKey key;
  Hash256 chain_code;
};

ExtendedKey split_extended(const FixedBytes<64>& both) {
  const BytesView bytes = both;
  return {SecretKey::from_right(bytes.first(32)), Hash256::from_right(bytes.last(32))};
}

Result<ExtendedKey> master_key(BytesView seed) {
  if (seed.size() < 16 || seed.size() > 64) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("a seed has 16 to 64 bytes, not {}", seed.size()));
  }
  const ExtendedKey master = split_extended(hmac_sha512(base::bytes_of("Bitcoin seed"), seed));
  if (!public_key_of(master.key)) {
    return fail(ErrorCode::invalid_argument, "this seed has no master key");
  }
  return master;
}

// CKDpriv of BIP-32.
Result<ExtendedKey> child_key(const ExtendedKey& parent, std::uint32_t index) {
  Bytes data;
  if ((index & kHardened) != 0) {
    data.push_back(0);
    base::append(data, parent.key);
  } else {
    const PublicKey point = public_key_of(parent.key).value();
    data.push_back(static_cast<std::uint8_t>(2 + (point[63] & 1)));
    base::append(data, BytesView(point).first(32));
  }
  for (const unsigned shift : {24u, 16u, 8u, 0u}) {
    data.push_back(static_cast<std::uint8_t>(index >> shift));
  }
  ExtendedKey child = split_extended(hmac_sha512(parent.chain_code, data));
  const U256 tweak = base::to_u256(child.key);
  const U256 sum = base::add_mod(tweak, base::to_u256(parent.key), kSecp256k1Order);
  if (tweak >= kSecp256k1Order || sum.is_zero()) {
    return fail(ErrorCode::invalid_argument, fmt::format("the path has no key at step {}", index));
  }
  child.key = base::to_hash(sum);
  return child;
}

Result<SecretKey> descend(BytesView seed, const std::vector<std::uint32_t>& steps) {
  CAIRN_TRY(ExtendedKey key, master_key(seed));
  for (const std::uint32_t step : steps) {
    CAIRN_TRY(key, child_key(key, step));
  }
  return key.key;
}

}  // namespace

Result<Bytes> seed_of_mnemonic(std::string_view mnemonic, std::string_view passphrase) {
  const std::vector<std::string_view> words = split_words(mnemonic);
  CAIRN_CHECK(check_words(words));
  const std::string phrase = fmt::format("{}", fmt::join(words, " "));
  const std::string salt = fmt::format("mnemonic{}", passphrase);
  Bytes seed(kSeedSize);
  if (PKCS5_PBKDF2_HMAC(phrase.data(), static_cast<int>(phrase.size()), base::bytes_of(salt).data(),
                        static_cast<int>(salt.size()), kSeedRounds, EVP_sha512(),
                        static_cast<int>(seed.size()), seed.data()) != 1) {
    throw std::runtime_error("OpenSSL failed to compute PBKDF2");
  }
  return seed;
}

Result<std::string> mnemonic_of_entropy(BytesView entropy) {
  if (entropy.size() < 16 || entropy.size() > 32 || entropy.size() % 4 != 0) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} bytes make no mnemonic: 16, 20, 24, 28 or 32 do", entropy.size()));
  }
  Bytes bits = base::to_bytes(entropy);
  bits.push_back(sha256(entropy)[0]);
  const std::size_t words = entropy.size() / 4 * 3;
  std::string out;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint32_t index = 0;
    for (std::size_t place = i * kBitsAWord; place < (i + 1) * kBitsAWord; ++place) {
      index = (index << 1) | ((bits[place / 8] >> (7 - place % 8)) & 1u);
    }
    out += (i == 0 ? "" : " ");
    out += bip39_word(index);
  }
  return out;
}

Result<std::vector<std::uint32_t>> parse_derivation_path(std::string_view path) {
  const auto refuse = [path] {
    return fail(ErrorCode::invalid_argument,
                fmt::format("'{}' is not a derivation path like m/44'/60'/0'/0/0", path));
  };
  if (!path.starts_with('m')) {
    return refuse();
  }
  std::vector<std::uint32_t> steps;
  std::string_view rest = path.substr(1);
  while (!rest.empty()) {
    if (rest.front() != '/') {
      return refuse();
    }
    rest.remove_prefix(1);
    std::uint32_t step = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), step);
    if (error != std::errc{} || step >= kHardened) {
      return refuse();
    }
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (rest.starts_with('\'') || rest.starts_with('h')) {
      step |= kHardened;
      rest.remove_prefix(1);
    }
    steps.push_back(step);
  }
  return steps;
}

Result<SecretKey> derive(BytesView seed, std::string_view path) {
  CAIRN_TRY(const auto steps, parse_derivation_path(path));
  return descend(seed, steps);
}

Result<SecretKey> derive_account(BytesView seed, std::uint32_t index) {
  if (index >= kHardened) {
    return fail(ErrorCode::invalid_argument, fmt::format("account {} is not below 2^31", index));
  }
  return descend(seed, {44 | kHardened, 60 | kHardened, 0 | kHardened, 0, index});
}

}  // namespace cairn::crypto
