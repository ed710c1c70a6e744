#include "crypto/keystore.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <simdjson.h>

#include <bit>
#include <memory>
#include <stdexcept>
#include <variant>

#include "base/hex.hpp"
#include "base/json_fault.hpp"
#include "crypto/keccak.hpp"

namespace cairn::crypto {
namespace {

using simdjson::dom::element;
using DerivedKey = FixedBytes<32>;  // the first half encrypts, the second authenticates

constexpr std::uint64_t kMaxScryptMemory = std::uint64_t{512} << 20;
constexpr std::uint64_t kMaxScryptSteps = std::uint64_t{1} << 24;  // n r p
constexpr std::uint64_t kMaxPbkdf2Rounds = 10'000'000;
constexpr std::uint64_t kMaxDerivedSize = 1024;

struct ScryptParameters {
  ScryptCost cost;
  Bytes salt;
};

struct Pbkdf2Parameters {
  std::uint64_t rounds;
  Bytes salt;
};

struct Keystore {
  Bytes ciphertext;
  FixedBytes<16> iv;
  Hash256 mac;
  std::variant<ScryptParameters, Pbkdf2Parameters> derivation;
  std::optional<Address> address;
};

std::unexpected<Error> refuse(std::string_view field, std::string_view reason) {
  return fail(ErrorCode::malformed, fmt::format("keystore: '{}' {}", field, reason));
}

// A value inside the file and the path to it, for errors.
class Field {
 public:
  Field(element value, std::string path) : value_(value), path_(std::move(path)) {}

  Result<Field> at(std::string_view name) const {
    std::string path = path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
    element found;
    if (value_[name].get(found) != simdjson::SUCCESS) {
      return refuse(path, "is missing");
    }
    return Field(found, std::move(path));
  }

  bool has(std::string_view name) const {
    return value_.is_object() && value_[name].error() == simdjson::SUCCESS;
  }

  Result<std::string_view> text() const {
    std::string_view text;
    if (value_.get_string().get(text) != simdjson::SUCCESS) {
      return refuse(path_, "is not a string");
    }
    return text;
  }

  Result<std::uint64_t> number() const {
    std::uint64_t number = 0;
    if (value_.get_uint64().get(number) != simdjson::SUCCESS) {
      return refuse(path_, "is not a natural number");
    }
    return number;
  }

  Result<Bytes> bytes() const {
    CAIRN_TRY(const std::string_view digits, text());
    auto bytes = base::from_hex(digits);
    if (!bytes) {
      return refuse(path_, "is not hexadecimal");
    }
    return *std::move(bytes);
  }

  template <std::size_t N>
  Result<FixedBytes<N>> fixed() const {
    CAIRN_TRY(const Bytes found, bytes());
    if (found.size() != N) {
      return refuse(path_, fmt::format("has {} bytes instead of {}", found.size(), N));
    }
    return FixedBytes<N>::from_right(found);
  }

  Result<> expect(std::string_view wanted) const {
    CAIRN_TRY(const std::string_view found, text());
    if (found != wanted) {
      return refuse(path_, fmt::format("is '{}'; only '{}' is known", found, wanted));
    }
    return {};
  }

  std::unexpected<Error> bad(std::string_view reason) const { return refuse(path_, reason); }

 private:
  element value_;
  std::string path_;
};

Result<> check_cost(const ScryptCost& cost) {
  const auto bad = [](std::string_view reason) {
    return fail(ErrorCode::invalid_argument, fmt::format("the cost of scrypt {}", reason));
  };
  if (cost.n < 2 || !std::has_single_bit(cost.n) || cost.r == 0 || cost.p == 0) {
    return bad("needs n a power of two above 1, and r and p above 0");
  }
  // Each is bounded before they are multiplied.
  if (cost.n > kMaxScryptSteps || cost.r > kMaxScryptSteps || cost.p > kMaxScryptSteps ||
      cost.r * (cost.n + cost.p) > kMaxScryptMemory / 128 ||
      cost.n * cost.r * cost.p > kMaxScryptSteps) {
    return bad("is beyond 512 MiB of memory or 2^24 steps");
  }
  return {};
}

Result<ScryptParameters> read_scrypt(const Field& parameters) {
  ScryptParameters scrypt;
  CAIRN_TRY(const Field n, parameters.at("n"));
  CAIRN_TRY(const Field r, parameters.at("r"));
  CAIRN_TRY(const Field p, parameters.at("p"));
  CAIRN_TRY(scrypt.cost.n, n.number());
  CAIRN_TRY(scrypt.cost.r, r.number());
  CAIRN_TRY(scrypt.cost.p, p.number());
  if (const auto checked = check_cost(scrypt.cost); !checked) {
    return parameters.bad(fmt::format("cannot be used: {}", checked.error().message));
  }
  return scrypt;
}

Result<Pbkdf2Parameters> read_pbkdf2(const Field& parameters) {
  Pbkdf2Parameters pbkdf2{};
  CAIRN_TRY(const Field function, parameters.at("prf"));
  CAIRN_CHECK(function.expect("hmac-sha256"));
  CAIRN_TRY(const Field rounds, parameters.at("c"));
  CAIRN_TRY(pbkdf2.rounds, rounds.number());
  if (pbkdf2.rounds == 0 || pbkdf2.rounds > kMaxPbkdf2Rounds) {
    return rounds.bad("is not between 1 and 10,000,000");
  }
  return pbkdf2;
}

Result<std::variant<ScryptParameters, Pbkdf2Parameters>> read_derivation(const Field& crypto) {
  CAIRN_TRY(const Field kind, crypto.at("kdf"));
  CAIRN_TRY(const std::string_view name, kind.text());
  CAIRN_TRY(const Field parameters, crypto.at("kdfparams"));
  CAIRN_TRY(const Field size_field, parameters.at("dklen"));
  CAIRN_TRY(const std::uint64_t size, size_field.number());
  // Both functions give the same first 32 bytes whatever is asked for after them.
  if (size < DerivedKey::size() || size > kMaxDerivedSize) {
    return size_field.bad("is not between 32 and 1024");
  }
  CAIRN_TRY(const Field salt_field, parameters.at("salt"));
  CAIRN_TRY(Bytes salt, salt_field.bytes());
  if (name == "scrypt") {
    CAIRN_TRY(ScryptParameters scrypt, read_scrypt(parameters));
    scrypt.salt = std::move(salt);
    return scrypt;
  }
  if (name == "pbkdf2") {
    CAIRN_TRY(Pbkdf2Parameters pbkdf2, read_pbkdf2(parameters));
    pbkdf2.salt = std::move(salt);
    return pbkdf2;
  }
  return kind.bad(fmt::format("is '{}'; only 'scrypt' and 'pbkdf2' are known", name));
}

Result<Keystore> read_keystore(std::string_view json) {
  simdjson::dom::parser parser;
  element document;
  if (const auto error = parser.parse(json.data(), json.size()).get(document)) {
    return fail(ErrorCode::malformed,
                fmt::format("keystore: not JSON: {}", base::json_fault(error)));
  }
  const Field root(document, "");
  CAIRN_TRY(const Field version_field, root.at("version"));
  CAIRN_TRY(const std::uint64_t version, version_field.number());
  if (version != 3) {
    return version_field.bad(fmt::format("is {}; only 3 is known", version));
  }
  // Early wallets wrote a capital letter.
  CAIRN_TRY(const Field crypto, root.at(root.has("Crypto") ? "Crypto" : "crypto"));
  CAIRN_TRY(const Field cipher, crypto.at("cipher"));
  CAIRN_CHECK(cipher.expect("aes-128-ctr"));

  Keystore keystore;
  CAIRN_TRY(const Field cipher_parameters, crypto.at("cipherparams"));
  CAIRN_TRY(const Field iv, cipher_parameters.at("iv"));
  CAIRN_TRY(keystore.iv, iv.fixed<16>());
  CAIRN_TRY(const Field ciphertext, crypto.at("ciphertext"));
  CAIRN_TRY(keystore.ciphertext, ciphertext.bytes());
  if (keystore.ciphertext.size() != SecretKey::size()) {
    return ciphertext.bad("does not hold a key of 32 bytes");
  }
  CAIRN_TRY(const Field mac, crypto.at("mac"));
  CAIRN_TRY(keystore.mac, mac.fixed<32>());
  CAIRN_TRY(keystore.derivation, read_derivation(crypto));
  if (root.has("address")) {
    CAIRN_TRY(const Field address, root.at("address"));
    CAIRN_TRY(keystore.address, address.fixed<20>());
  }
  return keystore;
}

DerivedKey derive_key(const ScryptParameters& parameters, std::string_view password) {
  return DerivedKey::from_right(
      scrypt(password, parameters.salt, parameters.cost, DerivedKey::size()));
}

DerivedKey derive_key(const Pbkdf2Parameters& pbkdf2, std::string_view password) {
  DerivedKey out;
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), pbkdf2.salt.data(),
                        static_cast<int>(pbkdf2.salt.size()), static_cast<int>(pbkdf2.rounds),
                        EVP_sha256(), static_cast<int>(out.size()), out.data()) != 1) {
    throw std::runtime_error("OpenSSL failed to compute PBKDF2");
  }
  return out;
}

// Counter mode: the same both ways.
FixedBytes<32> apply_cipher(const DerivedKey& key, const FixedBytes<16>& iv, BytesView input) {
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
  FixedBytes<32> out;
  int size = 0;
  if (!context ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, key.data(), iv.data()) != 1 ||
      EVP_EncryptUpdate(context.get(), out.data(), &size, input.data(),
                        static_cast<int>(out.size())) != 1) {
    throw std::runtime_error("OpenSSL failed to encrypt");
  }
  return out;
}

Hash256 authenticate(const DerivedKey& key, BytesView ciphertext) {
  Bytes text = base::to_bytes(BytesView(key).last(16));
  base::append(text, ciphertext);
  return keccak256(text);
}

std::string uuid(FixedBytes<16> random) {
  random[6] = static_cast<std::uint8_t>((random[6] & 0x0f) | 0x40);
  random[8] = static_cast<std::uint8_t>((random[8] & 0x3f) | 0x80);
  const std::string digits = base::to_hex_unprefixed(random);
  const std::string_view view = digits;
  return fmt::format("{}-{}-{}-{}-{}", view.substr(0, 8), view.substr(8, 4), view.substr(12, 4),
                     view.substr(16, 4), view.substr(20));
}

}  // namespace

Result<SecretKey> decrypt_keystore(std::string_view json, std::string_view password) {
  CAIRN_TRY(const Keystore keystore, read_keystore(json));
  const DerivedKey derived =
      std::visit([password](const auto& derivation) { return derive_key(derivation, password); },
                 keystore.derivation);
  if (authenticate(derived, keystore.ciphertext) != keystore.mac) {
    return fail(ErrorCode::invalid_argument, "keystore: the password is wrong");
  }
  const SecretKey key = apply_cipher(derived, keystore.iv, keystore.ciphertext);
  const auto public_key = public_key_of(key);
  if (!public_key) {
    return refuse("crypto.ciphertext", "does not hold a key of secp256k1");
  }
  if (keystore.address && *keystore.address != address_of(*public_key)) {
    return refuse("address", "is not that of the key");
  }
  return key;
}

Result<std::string> encrypt_keystore(const SecretKey& key, std::string_view password,
                                     const KeystoreRandomness& randomness, const ScryptCost& cost) {
  CAIRN_CHECK(check_cost(cost));
  const auto public_key = public_key_of(key);
  if (!public_key) {
    return fail(ErrorCode::invalid_argument, "the key is 0 or not below the order of secp256k1");
  }
  const DerivedKey derived =
      derive_key(ScryptParameters{cost, base::to_bytes(randomness.salt)}, password);
  const FixedBytes<32> ciphertext = apply_cipher(derived, randomness.iv, key);
  return fmt::format(
      R"({{"address":"{}","crypto":{{"cipher":"aes-128-ctr","ciphertext":"{}",)"
      R"("cipherparams":{{"iv":"{}"}},"kdf":"scrypt","kdfparams":{{"dklen":32,"n":{},"p":{},)"
      R"("r":{},"salt":"{}"}},"mac":"{}"}},"id":"{}","version":3}})",
      base::to_hex_unprefixed(address_of(*public_key)), base::to_hex_unprefixed(ciphertext),
      base::to_hex_unprefixed(randomness.iv), cost.n, cost.p, cost.r,
      base::to_hex_unprefixed(randomness.salt),
      base::to_hex_unprefixed(authenticate(derived, ciphertext)), uuid(randomness.id));
}

}  // namespace cairn::crypto
