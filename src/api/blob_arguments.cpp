#include "api/blob_arguments.hpp"

#include <fmt/format.h>

#include "api/json_members.hpp"
#include "base/hex.hpp"
#include "crypto/kzg_setup.hpp"
#include "txpool/sidecar.hpp"

namespace cairn::api {
namespace {

Read<Bytes> read_blob(JsonValue value) {
  CAIRN_TRY(auto blob, read_data(value));
  if (blob.size() != crypto::kBlobSize) {
    return bad(fmt::format("want {} bytes, have {}", crypto::kBlobSize, blob.size()));
  }
  return blob;
}

Read<FixedBytes<48>> read_point(JsonValue value) {
  CAIRN_TRY(const auto bytes, read_data(value));
  if (bytes.size() != FixedBytes<48>::size()) {
    return bad(fmt::format("want 48 bytes, have {}", bytes.size()));
  }
  return FixedBytes<48>::from_right(bytes);
}

Read<std::optional<std::vector<FixedBytes<48>>>> read_points(const simdjson::dom::object& from,
                                                             std::string_view name) {
  std::optional<std::vector<FixedBytes<48>>> out;
  if (const auto list = member_of(from, name)) {
    CAIRN_TRY(out, read_list<FixedBytes<48>>(*list, name, read_point));
  }
  return out;
}

std::unexpected<RpcError> mismatch(std::string_view what, std::size_t have, std::size_t want) {
  return rpc_fail(RpcCode::server, fmt::format("number of blobs and {} mismatch (have={}, want={})",
                                               what, have, want));
}

// As they were given; `version` is what their count says.
RpcResult<types::BlobSidecar> given(const BlobArguments& arguments) {
  const std::size_t count = arguments.blobs.size();
  const bool by_cells = count != 0 && arguments.proofs->size() == count * crypto::kCellsPerExtBlob;
  if (arguments.commitments->size() != count) {
    return mismatch("commitments", arguments.commitments->size(), count);
  }
  if (!by_cells && arguments.proofs->size() != count) {
    return mismatch("proofs", arguments.proofs->size(), count);
  }
  return types::BlobSidecar{.version = by_cells ? txpool::kCellProofs : txpool::kBlobProofs,
                            .blobs = arguments.blobs,
                            .commitments = *arguments.commitments,
                            .proofs = *arguments.proofs};
}

RpcResult<types::BlobSidecar> computed(const BlobArguments& arguments,
                                       const crypto::KzgSetup& kzg) {
  types::BlobSidecar out;
  out.blobs = arguments.blobs;
  for (std::size_t i = 0; i < out.blobs.size(); ++i) {
    const auto commitment = kzg.commit(out.blobs[i]);
    if (!commitment) {
      return rpc_fail(RpcCode::server, fmt::format("blobs[{}]: error computing commitment: {}", i,
                                                   commitment.error().message));
    }
    out.commitments.push_back(*commitment);
    out.proofs.push_back(kzg.prove_blob(out.blobs[i], *commitment).value());
  }
  return out;
}

RpcResult<void> check_proofs(const types::BlobSidecar& it, const crypto::KzgSetup& kzg) {
  const auto proven = it.version == txpool::kBlobProofs
                          ? kzg.verify_blobs(it.blobs, it.commitments, it.proofs)
                          : kzg.verify_blobs_by_cells(it.blobs, it.commitments, it.proofs);
  if (!proven || !*proven) {
    return rpc_fail(RpcCode::server,
                    fmt::format("failed to verify blob proof: {}",
                                proven ? "it does not hold" : proven.error().message));
  }
  return {};
}

}  // namespace

Read<std::optional<BlobArguments>> read_blob_arguments(const simdjson::dom::object& from) {
  const auto blobs = member_of(from, "blobs");
  if (!blobs) {
    return std::optional<BlobArguments>{};
  }
  BlobArguments out;
  CAIRN_TRY(out.blobs, read_list<Bytes>(*blobs, "blobs", read_blob));
  CAIRN_TRY(out.commitments, read_points(from, "commitments"));
  CAIRN_TRY(out.proofs, read_points(from, "proofs"));
  return std::optional<BlobArguments>{std::move(out)};
}

RpcResult<std::shared_ptr<const types::BlobSidecar>> sidecar_of(const BlobArguments& arguments,
                                                                types::Fork fork,
                                                                const crypto::KzgSetup& kzg) {
  if (arguments.commitments.has_value() != arguments.proofs.has_value()) {
    return rpc_fail(RpcCode::server, arguments.proofs
                                         ? "blob proofs provided while commitments were not"
                                         : "blob commitments provided while proofs were not");
  }
  types::BlobSidecar out;
  if (arguments.commitments) {
    CAIRN_TRY(out, given(arguments));
    CAIRN_CHECK(check_proofs(out, kzg));
  } else {
    CAIRN_TRY(out, computed(arguments, kzg));
  }
  const std::uint8_t wanted = txpool::sidecar_version_at(fork);
  if (out.version > wanted) {
    return mismatch("proofs", out.proofs.size(), out.blobs.size());
  }
  return txpool::sidecar_for(std::make_shared<const types::BlobSidecar>(std::move(out)), fork, kzg);
}

RpcResult<std::vector<Hash256>> hashes_of(const types::BlobSidecar& sidecar,
                                          const std::vector<Hash256>& given) {
  std::vector<Hash256> out;
  out.reserve(sidecar.commitments.size());
  for (const auto& commitment : sidecar.commitments) {
    out.push_back(crypto::kzg_to_versioned_hash(commitment));
  }
  if (!given.empty() && given.size() != out.size()) {
    return mismatch("hashes", given.size(), out.size());
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] != out[i]) {
      return rpc_fail(RpcCode::server,
                      fmt::format("blob hash verification failed (have={}, want={})",
                                  base::to_hex(given[i]), base::to_hex(out[i])));
    }
  }
  return out;
}

}  // namespace cairn::api
