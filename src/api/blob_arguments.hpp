#pragma once
// The blobs that a transaction object brings along, as eth_fillTransaction and the methods that
// sign take them (execution-apis, GenericTransaction: blobs, commitments, proofs).

#include <memory>
#include <optional>
#include <vector>

#include "api/errors.hpp"
#include "api/parameters.hpp"
#include "types/fork.hpp"
#include "types/transaction.hpp"

namespace cairn::crypto {
class KzgSetup;
}

namespace cairn::api {

struct BlobArguments {
  std::vector<Bytes> blobs;  // of the right size
  // Computed where they are missing; both or none.
  std::optional<std::vector<FixedBytes<48>>> commitments;
  std::optional<std::vector<FixedBytes<48>>> proofs;  // a blob's or its cells'
};

// The members blobs, commitments, proofs; nothing without blobs.
Read<std::optional<BlobArguments>> read_blob_arguments(const simdjson::dom::object& from);

// With the proofs that go with the fork. Errors as geth has them: counts that do not fit, proofs
// that do not hold, a blob that is not 4,096 field elements.
RpcResult<std::shared_ptr<const types::BlobSidecar>> sidecar_of(const BlobArguments& arguments,
                                                                types::Fork fork,
                                                                const crypto::KzgSetup& kzg);
// The hashes that stand in the transaction; an error where others were `given`.
RpcResult<std::vector<Hash256>> hashes_of(const types::BlobSidecar& sidecar,
                                          const std::vector<Hash256>& given);

}  // namespace cairn::api
