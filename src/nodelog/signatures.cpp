#include "nodelog/signatures.hpp"

#include <array>
#include <stdexcept>

#include "base/hex.hpp"
#include "types/selector.hpp"

namespace cairn::nodelog {
namespace {

constexpr auto kFunctions = std::to_array<std::string_view>({
    // ERC-20, its metadata and permits (EIP-2612, EIP-3009), wrapped ether
    "transfer(address to, uint256 amount)",
    "transferFrom(address from, address to, uint256 amount)",
    "approve(address spender, uint256 amount)",
    "increaseAllowance(address spender, uint256 added)",
    "decreaseAllowance(address spender, uint256 subtracted)",
    "allowance(address owner, address spender)",
    "balanceOf(address account)",
    "totalSupply()",
    "name()",
    "symbol()",
    "decimals()",
    "mint(address to, uint256 amount)",
    "mint(uint256 amount)",
    "mint(address to)",
    "mint()",
    "burn(uint256 amount)",
    "burn(address from, uint256 amount)",
    "burnFrom(address from, uint256 amount)",
    "permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, "
    "bytes32 s)",
    "nonces(address owner)",
    "DOMAIN_SEPARATOR()",
    "eip712Domain()",
    "transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, "
    "uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)",
    "deposit()",
    "withdraw(uint256 amount)",
    "withdraw()",
    "cap()",
    // ERC-721
    "safeTransferFrom(address from, address to, uint256 tokenId)",
    "safeTransferFrom(address from, address to, uint256 tokenId, bytes data)",
    "setApprovalForAll(address operator, bool approved)",
    "isApprovedForAll(address owner, address operator)",
    "getApproved(uint256 tokenId)",
    "ownerOf(uint256 tokenId)",
    "tokenURI(uint256 tokenId)",
    "tokenByIndex(uint256 index)",
    "tokenOfOwnerByIndex(address owner, uint256 index)",
    "safeMint(address to, uint256 tokenId)",
    "safeMint(address to, string uri)",
    "safeMint(address to)",
    "baseURI()",
    "royaltyInfo(uint256 tokenId, uint256 salePrice)",
    "onERC721Received(address operator, address from, uint256 tokenId, bytes data)",
    // ERC-1155
    "safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes data)",
    "safeBatchTransferFrom(address from, address to, uint256[] ids, uint256[] amounts, bytes data)",
    "balanceOf(address account, uint256 id)",
    "balanceOfBatch(address[] accounts, uint256[] ids)",
    "uri(uint256 id)",
    "mint(address to, uint256 id, uint256 amount, bytes data)",
    "mintBatch(address to, uint256[] ids, uint256[] amounts, bytes data)",
    "burn(address account, uint256 id, uint256 amount)",
    "onERC1155Received(address operator, address from, uint256 id, uint256 value, bytes data)",
    "onERC1155BatchReceived(address operator, address from, uint256[] ids, uint256[] values, bytes "
    "data)",
    // ERC-165, ERC-1271, ERC-1363
    "supportsInterface(bytes4 interfaceId)",
    "isValidSignature(bytes32 hash, bytes signature)",
    "transferAndCall(address to, uint256 value, bytes data)",
    "approveAndCall(address spender, uint256 value, bytes data)",
    // ERC-4626
    "asset()",
    "totalAssets()",
    "convertToShares(uint256 assets)",
    "convertToAssets(uint256 shares)",
    "maxDeposit(address receiver)",
    "maxMint(address receiver)",
    "maxWithdraw(address owner)",
    "maxRedeem(address owner)",
    "previewDeposit(uint256 assets)",
    "previewMint(uint256 shares)",
    "previewWithdraw(uint256 assets)",
    "previewRedeem(uint256 shares)",
    "deposit(uint256 assets, address receiver)",
    "mint(uint256 shares, address receiver)",
    "withdraw(uint256 assets, address receiver, address owner)",
    "redeem(uint256 shares, address receiver, address owner)",
    // Ownable, AccessControl, Pausable
    "owner()",
    "transferOwnership(address newOwner)",
    "renounceOwnership()",
    "acceptOwnership()",
    "pendingOwner()",
    "hasRole(bytes32 role, address account)",
    "getRoleAdmin(bytes32 role)",
    "grantRole(bytes32 role, address account)",
    "revokeRole(bytes32 role, address account)",
    "renounceRole(bytes32 role, address account)",
    "DEFAULT_ADMIN_ROLE()",
    "MINTER_ROLE()",
    "PAUSER_ROLE()",
    "pause()",
    "unpause()",
    "paused()",
    // Proxies (ERC-1967, ERC-1822), initializers, clones, factories
    "upgradeTo(address implementation)",
    "upgradeToAndCall(address implementation, bytes data)",
    "upgrade(address proxy, address implementation)",
    "upgradeAndCall(address proxy, address implementation, bytes data)",
    "changeAdmin(address newAdmin)",
    "changeProxyAdmin(address proxy, address newAdmin)",
    "admin()",
    "implementation()",
    "proxiableUUID()",
    "UPGRADE_INTERFACE_VERSION()",
    "initialize()",
    "initialize(address owner)",
    "initialize(address a, address b)",
    "initialize(string name, string symbol)",
    "initialize(uint256 value)",
    "clone(address implementation)",
    "deploy(bytes32 salt, bytes code)",
    "deploy(uint256 value, bytes32 salt, bytes code)",
    "deployCreate2(bytes32 salt, bytes initCode)",
    "deployCreate3(bytes32 salt, bytes initCode)",
    // Multicalls
    "multicall(bytes[] data)",
    "multicall(uint256 deadline, bytes[] data)",
    "multicall(bytes32 previousBlockhash, bytes[] data)",
    "aggregate((address,bytes)[] calls)",
    "tryAggregate(bool requireSuccess, (address,bytes)[] calls)",
    "blockAndAggregate((address,bytes)[] calls)",
    "tryBlockAndAggregate(bool requireSuccess, (address,bytes)[] calls)",
    "aggregate3((address,bool,bytes)[] calls)",
    "aggregate3Value((address,bool,uint256,bytes)[] calls)",
    "getEthBalance(address account)",
    "getBlockNumber()",
    "getCurrentBlockTimestamp()",
    "getChainId()",
    // Uniswap V2's router, factory, pair
    "swapExactTokensForTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, "
    "uint256 deadline)",
    "swapTokensForExactTokens(uint256 amountOut, uint256 amountInMax, address[] path, address to, "
    "uint256 deadline)",
    "swapExactETHForTokens(uint256 amountOutMin, address[] path, address to, uint256 deadline)",
    "swapTokensForExactETH(uint256 amountOut, uint256 amountInMax, address[] path, address to, "
    "uint256 deadline)",
    "swapExactTokensForETH(uint256 amountIn, uint256 amountOutMin, address[] path, address to, "
    "uint256 deadline)",
    "swapETHForExactTokens(uint256 amountOut, address[] path, address to, uint256 deadline)",
    "swapExactTokensForTokensSupportingFeeOnTransferTokens(uint256 amountIn, uint256 amountOutMin, "
    "address[] path, address to, uint256 deadline)",
    "swapExactETHForTokensSupportingFeeOnTransferTokens(uint256 amountOutMin, address[] path, "
    "address to, uint256 deadline)",
    "swapExactTokensForETHSupportingFeeOnTransferTokens(uint256 amountIn, uint256 amountOutMin, "
    "address[] path, address to, uint256 deadline)",
    "addLiquidity(address tokenA, address tokenB, uint256 amountADesired, uint256 amountBDesired, "
    "uint256 amountAMin, uint256 amountBMin, address to, uint256 deadline)",
    "addLiquidityETH(address token, uint256 amountTokenDesired, uint256 amountTokenMin, uint256 "
    "amountETHMin, address to, uint256 deadline)",
    "removeLiquidity(address tokenA, address tokenB, uint256 liquidity, uint256 amountAMin, "
    "uint256 "
    "amountBMin, address to, uint256 deadline)",
    "removeLiquidityETH(address token, uint256 liquidity, uint256 amountTokenMin, uint256 "
    "amountETHMin, address to, uint256 deadline)",
    "getAmountsOut(uint256 amountIn, address[] path)",
    "getAmountsIn(uint256 amountOut, address[] path)",
    "createPair(address tokenA, address tokenB)",
    "getPair(address tokenA, address tokenB)",
    "allPairsLength()",
    "swap(uint256 amount0Out, uint256 amount1Out, address to, bytes data)",
    "getReserves()",
    "skim(address to)",
    "sync()",
    "token0()",
    "token1()",
    "factory()",
    "WETH()",
    "uniswapV2Call(address sender, uint256 amount0, uint256 amount1, bytes data)",
    // Uniswap V3 and V4, Permit2
    "exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160) params)",
    "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160) params)",
    "exactInput((bytes,address,uint256,uint256,uint256) params)",
    "exactInput((bytes,address,uint256,uint256) params)",
    "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160) params)",
    "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160) params)",
    "exactOutput((bytes,address,uint256,uint256,uint256) params)",
    "exactOutput((bytes,address,uint256,uint256) params)",
    "uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes data)",
    "createPool(address tokenA, address tokenB, uint24 fee)",
    "createAndInitializePoolIfNecessary(address token0, address token1, uint24 fee, uint160 "
    "sqrtPriceX96)",
    "getPool(address tokenA, address tokenB, uint24 fee)",
    "initialize(uint160 sqrtPriceX96)",
    "slot0()",
    "liquidity()",
    "swap(address recipient, bool zeroForOne, int256 amountSpecified, uint160 sqrtPriceLimitX96, "
    "bytes data)",
    "flash(address recipient, uint256 amount0, uint256 amount1, bytes data)",
    "collect((uint256,address,uint128,uint128) params)",
    "increaseLiquidity((uint256,uint256,uint256,uint256,uint256,uint256) params)",
    "decreaseLiquidity((uint256,uint128,uint256,uint256,uint256) params)",
    "mint((address,address,uint24,int24,int24,uint256,uint256,uint256,uint256,address,uint256) "
    "params)",
    "refundETH()",
    "unwrapWETH9(uint256 amountMinimum, address recipient)",
    "sweepToken(address token, uint256 amountMinimum, address recipient)",
    "quoteExactInputSingle((address,address,uint256,uint24,uint160) params)",
    "quoteExactInput(bytes path, uint256 amountIn)",
    "execute(bytes commands, bytes[] inputs, uint256 deadline)",
    "execute(bytes commands, bytes[] inputs)",
    "unlock(bytes data)",
    "modifyLiquidities(bytes unlockData, uint256 deadline)",
    "approve(address token, address spender, uint160 amount, uint48 expiration)",
    "permit(address owner, ((address,uint160,uint48,uint48),address,uint256) permitSingle, bytes "
    "signature)",
    "permitTransferFrom(((address,uint256),uint256,uint256) permit, (address,uint256) details, "
    "address owner, bytes signature)",
    // Lending: Compound, Aave, flash loans (ERC-3156)
    "supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)",
    "supply(address asset, uint256 amount)",
    "withdraw(address asset, uint256 amount, address to)",
    "withdraw(address asset, uint256 amount)",
    "borrow(address asset, uint256 amount, uint256 mode, uint16 referralCode, address onBehalfOf)",
    "borrow(uint256 amount)",
    "repay(address asset, uint256 amount, uint256 mode, address onBehalfOf)",
    "repayBorrow(uint256 amount)",
    "redeem(uint256 amount)",
    "liquidationCall(address collateral, address debt, address user, uint256 debtToCover, bool "
    "receiveAToken)",
    "flashLoan(address receiver, address token, uint256 amount, bytes data)",
    "onFlashLoan(address initiator, address token, uint256 amount, uint256 fee, bytes data)",
    "latestAnswer()",
    "latestRoundData()",
    // Governor, votes, timelock
    "propose(address[] targets, uint256[] values, bytes[] calldatas, string description)",
    "queue(address[] targets, uint256[] values, bytes[] calldatas, bytes32 descriptionHash)",
    "execute(address[] targets, uint256[] values, bytes[] calldatas, bytes32 descriptionHash)",
    "castVote(uint256 proposalId, uint8 support)",
    "castVoteWithReason(uint256 proposalId, uint8 support, string reason)",
    "delegate(address delegatee)",
    "delegates(address account)",
    "getVotes(address account)",
    "schedule(address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt, "
    "uint256 "
    "delay)",
    "execute(address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt)",
    // Safe, ERC-4337, smart accounts
    "setup(address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler, "
    "address paymentToken, uint256 payment, address paymentReceiver)",
    "execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, "
    "uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes "
    "signatures)",
    "createProxyWithNonce(address singleton, bytes initializer, uint256 saltNonce)",
    "multiSend(bytes transactions)",
    "handleOps((address,uint256,bytes,bytes,uint256,uint256,uint256,uint256,uint256,bytes,bytes)[] "
    "ops, address beneficiary)",
    "handleOps((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes)[] ops, address "
    "beneficiary)",
    "validateUserOp((address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes) userOp, "
    "bytes32 userOpHash, uint256 missingAccountFunds)",
    "execute(address to, uint256 value, bytes data)",
    "executeBatch(address[] to, uint256[] values, bytes[] data)",
    "executeBatch((address,uint256,bytes)[] calls)",
    "execute(bytes32 mode, bytes executionCalldata)",
    "depositTo(address account)",
    "createAccount(address owner, uint256 salt)",
    // What nearly every first contract has
    "increment()",
    "decrement()",
    "setNumber(uint256 number)",
    "number()",
    "count()",
    "get()",
    "set(uint256 value)",
    "store(uint256 value)",
    "retrieve()",
    "greet()",
    "setGreeting(string greeting)",
    "claim()",
    "stake(uint256 amount)",
    "unstake(uint256 amount)",
    "getReward()",
    "vote(uint256 proposal)",
    "bid()",
    "buy()",
    "buy(uint256 amount)",
    "sell(uint256 amount)",
    "deposit(uint256 amount)",
    "add(uint256 amount)",
    "setValue(uint256 value)",
    "getValue()",
    "setOwner(address owner)",
    "play()",
    "withdrawAll()",
    // Foundry's tests and scripts
    "run()",
    "setUp()",
});

constexpr auto kErrors = std::to_array<std::string_view>({
    // ERC-6093
    "ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
    "ERC20InvalidSender(address sender)",
    "ERC20InvalidReceiver(address receiver)",
    "ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
    "ERC20InvalidApprover(address approver)",
    "ERC20InvalidSpender(address spender)",
    "ERC721InvalidOwner(address owner)",
    "ERC721NonexistentToken(uint256 tokenId)",
    "ERC721IncorrectOwner(address sender, uint256 tokenId, address owner)",
    "ERC721InvalidSender(address sender)",
    "ERC721InvalidReceiver(address receiver)",
    "ERC721InsufficientApproval(address operator, uint256 tokenId)",
    "ERC721InvalidApprover(address approver)",
    "ERC721InvalidOperator(address operator)",
    "ERC1155InsufficientBalance(address sender, uint256 balance, uint256 needed, uint256 tokenId)",
    "ERC1155InvalidSender(address sender)",
    "ERC1155InvalidReceiver(address receiver)",
    "ERC1155MissingApprovalForAll(address operator, address owner)",
    "ERC1155InvalidApprover(address approver)",
    "ERC1155InvalidOperator(address operator)",
    "ERC1155InvalidArrayLength(uint256 idsLength, uint256 valuesLength)",
    // Extensions of the tokens
    "ERC20ExceededCap(uint256 increasedSupply, uint256 cap)",
    "ERC20InvalidCap(uint256 cap)",
    "ERC2612ExpiredSignature(uint256 deadline)",
    "ERC2612InvalidSigner(address signer, address owner)",
    "ERC4626ExceededMaxDeposit(address receiver, uint256 assets, uint256 max)",
    "ERC4626ExceededMaxMint(address receiver, uint256 shares, uint256 max)",
    "ERC4626ExceededMaxWithdraw(address owner, uint256 assets, uint256 max)",
    "ERC4626ExceededMaxRedeem(address owner, uint256 shares, uint256 max)",
    "ERC721OutOfBoundsIndex(address owner, uint256 index)",
    "ERC721EnumerableForbiddenBatchMint()",
    "SafeERC20FailedOperation(address token)",
    "SafeERC20FailedDecreaseAllowance(address spender, uint256 currentAllowance, uint256 "
    "requestedDecrease)",
    // Access, security, initializers
    "OwnableUnauthorizedAccount(address account)",
    "OwnableInvalidOwner(address owner)",
    "AccessControlUnauthorizedAccount(address account, bytes32 neededRole)",
    "AccessControlBadConfirmation()",
    "AccessManagedUnauthorized(address caller)",
    "EnforcedPause()",
    "ExpectedPause()",
    "ReentrancyGuardReentrantCall()",
    "InvalidInitialization()",
    "NotInitializing()",
    // Proxies and calls
    "ERC1967InvalidImplementation(address implementation)",
    "ERC1967InvalidAdmin(address admin)",
    "ERC1967InvalidBeacon(address beacon)",
    "ERC1967NonPayable()",
    "UUPSUnauthorizedCallContext()",
    "UUPSUnsupportedProxiableUUID(bytes32 slot)",
    "ProxyDeniedAdminAccess()",
    "AddressEmptyCode(address target)",
    "AddressInsufficientBalance(address account)",
    "FailedInnerCall()",
    "FailedCall()",
    "FailedDeployment()",
    "InsufficientBalance(uint256 balance, uint256 needed)",
    // Signatures, numbers, strings, votes
    "ECDSAInvalidSignature()",
    "ECDSAInvalidSignatureLength(uint256 length)",
    "ECDSAInvalidSignatureS(bytes32 s)",
    "InvalidAccountNonce(address account, uint256 currentNonce)",
    "InvalidShortString()",
    "StringTooLong(string str)",
    "MathOverflowedMulDiv()",
    "SafeCastOverflowedUintDowncast(uint8 bits, uint256 value)",
    "SafeCastOverflowedIntToUint(int256 value)",
    "SafeCastOverflowedUintToInt(uint256 value)",
    "CheckpointUnorderedInsertion()",
    "ERC6372InconsistentClock()",
    "ERC5805FutureLookup(uint256 timepoint, uint48 clock)",
    "GovernorUnexpectedProposalState(uint256 proposalId, uint8 current, bytes32 expectedStates)",
    "GovernorNonexistentProposal(uint256 proposalId)",
    "TimelockUnexpectedOperationState(bytes32 operationId, bytes32 expectedStates)",
    "TimelockInsufficientDelay(uint256 delay, uint256 minDelay)",
    // Multicalls, account abstraction, Permit2
    "FailedOp(uint256 opIndex, string reason)",
    "FailedOpWithRevert(uint256 opIndex, string reason, bytes inner)",
    "InvalidNonce()",
    "InvalidSigner()",
    "SignatureExpired(uint256 signatureDeadline)",
    "AllowanceExpired(uint256 deadline)",
    "InsufficientAllowance(uint256 amount)",
    // What many contracts call their own
    "Unauthorized()",
    "NotOwner()",
    "ZeroAddress()",
    "InvalidAmount()",
    "InsufficientBalance()",
    "TransferFailed()",
    "AlreadyInitialized()",
});

// "uint256 amount", "(address,bytes)[] calls", "bytes": the type, then perhaps a name.
struct Declared {
  std::string_view type;
  std::string_view name;
};

std::string_view trimmed(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(' '), text.size());
  const auto end = text.find_last_not_of(' ');
  return end == std::string_view::npos ? std::string_view{} : text.substr(begin, end + 1 - begin);
}

Declared declared(std::string_view parameter) {
  parameter = trimmed(parameter);
  const auto space = parameter.rfind(' ');
  return space == std::string_view::npos ? Declared{.type = parameter, .name = {}}
                                         : Declared{.type = trimmed(parameter.substr(0, space)),
                                                    .name = parameter.substr(space + 1)};
}

// Parted at the commas that are in no tuple.
std::vector<std::string_view> parameters_of(std::string_view list) {
  std::vector<std::string_view> out;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    depth += list[i] == '(' ? 1 : list[i] == ')' ? -1 : 0;
    if (list[i] == ',' && depth == 0) {
      out.push_back(list.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  if (!trimmed(list).empty()) {
    out.push_back(list.substr(begin));
  }
  return out;
}

}  // namespace

Result<Signature> Signature::parse(std::string_view declaration) {
  const auto open = declaration.find('(');
  if (open == std::string_view::npos || open == 0 || !declaration.ends_with(')')) {
    return fail(ErrorCode::invalid_argument, "not of the form name(types)");
  }
  Signature out;
  out.name = declaration.substr(0, open);
  out.text = out.name + '(';
  for (const std::string_view parameter :
       parameters_of(declaration.substr(open + 1, declaration.size() - open - 2))) {
    const Declared one = declared(parameter);
    CAIRN_TRY(codec::AbiType type, codec::parse_abi_type(one.type));
    out.text += out.inputs.empty() ? "" : ",";
    out.text += one.type;
    out.inputs.push_back(std::move(type));
    out.parameters.emplace_back(one.name);
  }
  out.text += ')';
  return out;
}

Signatures::Signatures(std::span<const std::string_view> declarations) {
  for (const std::string_view declaration : declarations) {
    auto signature = Signature::parse(declaration);
    if (!signature) {
      throw std::logic_error(std::string(declaration) + ": " + signature.error().message);
    }
    const Selector selector = types::selector(signature->text);
    const auto [place, is_new] = by_selector_.emplace(selector, *std::move(signature));
    if (!is_new) {
      throw std::logic_error(std::string(declaration) + " has the selector of " +
                             place->second.text);
    }
  }
}

const Signature* Signatures::find(const Selector& selector) const {
  const auto found = by_selector_.find(selector);
  return found == by_selector_.end() ? nullptr : &found->second;
}

const Signatures& known_functions() {
  static const Signatures table{kFunctions};
  return table;
}

const Signatures& known_errors() {
  static const Signatures table{kErrors};
  return table;
}

std::optional<Selector> selector_of(BytesView data) {
  if (data.size() < Selector::size()) {
    return std::nullopt;
  }
  return Selector::from_right(data.first(Selector::size()));
}

}  // namespace cairn::nodelog
