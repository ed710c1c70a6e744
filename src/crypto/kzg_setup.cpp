#include "crypto/kzg_setup.hpp"

#include <ckzg.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <stdexcept>

// cmake/CairnKzg.cmake embeds the text file here.
extern "C" const char cairn_trusted_setup_begin[];
extern "C" const char cairn_trusted_setup_end[];

namespace cairn::crypto {
namespace {

static_assert(kBlobSize == BYTES_PER_BLOB && kCellSize == BYTES_PER_CELL);
static_assert(kCellsPerExtBlob == CELLS_PER_EXT_BLOB);
static_assert(sizeof(Blob) == kBlobSize && sizeof(Cell) == kCellSize);
static_assert(sizeof(Bytes48) == sizeof(KzgCommitment));

constexpr std::size_t kG1Points = 4096;
constexpr std::size_t kG2Points = 65;
constexpr std::size_t kG1Size = 48;
constexpr std::size_t kG2Size = 96;

[[noreturn]] void refuse_setup() {
  throw std::logic_error("the embedded KZG trusted set-up is not what it should be");
}

// The file: the counts of G1 and G2 points, then a compressed point a line: G1 in Lagrange form,
// G2 in monomial form, G1 in monomial form.
class SetupText {
 public:
  SetupText() : rest_(cairn_trusted_setup_begin, cairn_trusted_setup_end) {}

  void expect_count(std::size_t count) {
    if (line() != fmt::format("{}", count)) {
      refuse_setup();
    }
  }

  Bytes points(std::size_t count, std::size_t size) {
    Bytes out;
    out.reserve(count * size);
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view text = line();
      if (text.size() != 2 * size) {
        refuse_setup();
      }
      for (std::size_t at = 0; at < text.size(); at += 2) {
        std::uint8_t byte = 0;
        const char* end = text.data() + at + 2;
        if (std::from_chars(text.data() + at, end, byte, 16).ptr != end) {
          refuse_setup();
        }
        out.push_back(byte);
      }
    }
    return out;
  }

 private:
  std::string_view line() {
    const std::string_view text = rest_.substr(0, rest_.find('\n'));
    rest_.remove_prefix(std::min(text.size() + 1, rest_.size()));
    return text;
  }

  std::string_view rest_;
};

// The C interface wants arrays without gaps.
template <class Item>
std::vector<Item> join(std::span<const Bytes> parts) {
  std::vector<Item> joined(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::copy(parts[i].begin(), parts[i].end(), joined[i].bytes);
  }
  return joined;
}

const Bytes48* as_bytes48(const FixedBytes<48>* items) {
  return reinterpret_cast<const Bytes48*>(items);
}

Result<> check_sizes(std::string_view what, std::span<const Bytes> parts, std::size_t size) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].size() != size) {
      return fail(ErrorCode::invalid_argument,
                  fmt::format("{} {} has {} bytes instead of {}", what, i, parts[i].size(), size));
    }
  }
  return {};
}

Result<> check_count(std::string_view what, std::size_t count, std::size_t wanted) {
  if (count != wanted) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("there are {} {} instead of {}", count, what, wanted));
  }
  return {};
}

// BADARGS is the caller's mistake, everything else ours or the machine's.
Result<> checked(C_KZG_RET outcome, std::string_view what) {
  switch (outcome) {
    case C_KZG_OK:
      return {};
    case C_KZG_BADARGS:
      return fail(ErrorCode::invalid_argument, fmt::format("{} does not decode", what));
    case C_KZG_MALLOC:
      throw std::bad_alloc();
    case C_KZG_ERROR:
      break;
  }
  throw std::logic_error("c-kzg failed");
}

Result<std::unique_ptr<Blob>> copy_blob(BytesView blob) {
  if (blob.size() != kBlobSize) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("a blob has {} bytes, not {}", kBlobSize, blob.size()));
  }
  auto copy = std::make_unique<Blob>();
  std::ranges::copy(blob, copy->bytes);
  return copy;
}

}  // namespace

struct KzgSetup::Loaded {
  Loaded() {
    SetupText text;
    text.expect_count(kG1Points);
    text.expect_count(kG2Points);
    const Bytes lagrange = text.points(kG1Points, kG1Size);
    const Bytes g2_monomial = text.points(kG2Points, kG2Size);
    const Bytes monomial = text.points(kG1Points, kG1Size);
    // No tables for proofs: a node verifies far more than it proves, and they take 96 MiB.
    constexpr std::uint64_t kPrecompute = 0;
    if (load_trusted_setup(&settings, monomial.data(), monomial.size(), lagrange.data(),
                           lagrange.size(), g2_monomial.data(), g2_monomial.size(),
                           kPrecompute) != C_KZG_OK) {
      refuse_setup();
    }
  }
  ~Loaded() { free_trusted_setup(&settings); }
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  KZGSettings settings{};
};

KzgSetup::KzgSetup() = default;
KzgSetup::~KzgSetup() = default;

const KzgSetup::Loaded& KzgSetup::loaded() const {
  std::call_once(once_, [this] { loaded_ = std::make_unique<const Loaded>(); });
  return *loaded_;
}

void KzgSetup::load() const { loaded(); }

Result<KzgCommitment> KzgSetup::commit(BytesView blob) const {
  CAIRN_TRY(const auto copy, copy_blob(blob));
  Bytes48 commitment;
  CAIRN_CHECK(
      checked(blob_to_kzg_commitment(&commitment, copy.get(), &loaded().settings), "the blob"));
  return KzgCommitment::from_right(commitment.bytes);
}

Result<KzgProof> KzgSetup::prove_blob(BytesView blob, const KzgCommitment& commitment) const {
  CAIRN_TRY(const auto copy, copy_blob(blob));
  Bytes48 proof;
  CAIRN_CHECK(checked(
      compute_blob_kzg_proof(&proof, copy.get(), as_bytes48(&commitment), &loaded().settings),
      "the blob or its commitment"));
  return KzgProof::from_right(proof.bytes);
}

Result<Evaluation> KzgSetup::prove_at(BytesView blob, const Hash256& z) const {
  CAIRN_TRY(const auto copy, copy_blob(blob));
  Bytes32 z_bytes;
  std::ranges::copy(z, z_bytes.bytes);
  Bytes48 proof;
  Bytes32 value;
  CAIRN_CHECK(checked(compute_kzg_proof(&proof, &value, copy.get(), &z_bytes, &loaded().settings),
                      "the blob or z"));
  return Evaluation{Hash256::from_right(value.bytes), KzgProof::from_right(proof.bytes)};
}

Result<bool> KzgSetup::verify_blobs(std::span<const Bytes> blobs,
                                    std::span<const KzgCommitment> commitments,
                                    std::span<const KzgProof> proofs) const {
  CAIRN_CHECK(check_sizes("blob", blobs, kBlobSize));
  CAIRN_CHECK(check_count("commitments", commitments.size(), blobs.size()));
  CAIRN_CHECK(check_count("proofs", proofs.size(), blobs.size()));
  const std::vector<Blob> joined = join<Blob>(blobs);
  bool valid = false;
  CAIRN_CHECK(checked(
      verify_blob_kzg_proof_batch(&valid, joined.data(), as_bytes48(commitments.data()),
                                  as_bytes48(proofs.data()), joined.size(), &loaded().settings),
      "a blob, commitment or proof"));
  return valid;
}

Result<CellsAndProofs> KzgSetup::prove_cells(BytesView blob) const {
  CAIRN_TRY(const auto copy, copy_blob(blob));
  std::vector<Cell> cells(kCellsPerExtBlob);
  CellsAndProofs out;
  out.proofs.resize(kCellsPerExtBlob);
  CAIRN_CHECK(checked(
      compute_cells_and_kzg_proofs(cells.data(), reinterpret_cast<Bytes48*>(out.proofs.data()),
                                   copy.get(), &loaded().settings),
      "the blob"));
  out.cells.reserve(cells.size());
  for (const Cell& cell : cells) {
    out.cells.emplace_back(std::begin(cell.bytes), std::end(cell.bytes));
  }
  return out;
}

Result<bool> KzgSetup::verify_cells(std::span<const KzgCommitment> commitments,
                                    std::span<const std::uint64_t> indices,
                                    std::span<const Bytes> cells,
                                    std::span<const KzgProof> proofs) const {
  CAIRN_CHECK(check_sizes("cell", cells, kCellSize));
  CAIRN_CHECK(check_count("commitments", commitments.size(), cells.size()));
  CAIRN_CHECK(check_count("cell indices", indices.size(), cells.size()));
  CAIRN_CHECK(check_count("proofs", proofs.size(), cells.size()));
  const std::vector<Cell> joined = join<Cell>(cells);
  bool valid = false;
  CAIRN_CHECK(checked(verify_cell_kzg_proof_batch(
                          &valid, as_bytes48(commitments.data()), indices.data(), joined.data(),
                          as_bytes48(proofs.data()), joined.size(), &loaded().settings),
                      "a commitment, cell index, cell or proof"));
  return valid;
}

Result<bool> KzgSetup::verify_blobs_by_cells(std::span<const Bytes> blobs,
                                             std::span<const KzgCommitment> commitments,
                                             std::span<const KzgProof> proofs) const {
  CAIRN_CHECK(check_count("commitments", commitments.size(), blobs.size()));
  CAIRN_CHECK(check_count("proofs", proofs.size(), blobs.size() * kCellsPerExtBlob));
  std::vector<Cell> cells(proofs.size());
  std::vector<std::uint64_t> indices(proofs.size());
  std::vector<KzgCommitment> commitment_a_cell(proofs.size());
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    CAIRN_TRY(const auto copy, copy_blob(blobs[i]));
    const std::size_t first = i * kCellsPerExtBlob;
    CAIRN_CHECK(checked(
        compute_cells_and_kzg_proofs(cells.data() + first, nullptr, copy.get(), &loaded().settings),
        "a blob"));
    for (std::size_t cell = 0; cell < kCellsPerExtBlob; ++cell) {
      indices[first + cell] = cell;
      commitment_a_cell[first + cell] = commitments[i];
    }
  }
  bool valid = false;
  CAIRN_CHECK(
      checked(verify_cell_kzg_proof_batch(&valid, as_bytes48(commitment_a_cell.data()),
                                          indices.data(), cells.data(), as_bytes48(proofs.data()),
                                          cells.size(), &loaded().settings),
              "a commitment or proof"));
  return valid;
}

}  // namespace cairn::crypto
