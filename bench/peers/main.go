// Command peers uses a node as Go programs do: through go-ethereum's ethclient and bind, over HTTP
// and WebSocket. It ends with code 1 at the first answer that is not what it must be.
//
//	peers PORT TOKEN.json TRANSFERS
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
)

// The first account of the dev mnemonic.
const devKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

var recipient = common.HexToAddress("0x00000000000000000000000000000000000000aa")

type token struct {
	ABI      abi.ABI `json:"abi"`
	Bytecode string  `json:"bytecode"`
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, "ethclient:", err)
		os.Exit(1)
	}
	return value
}

func demand(holds bool, what string) {
	if !holds {
		fmt.Fprintln(os.Stderr, "ethclient: not so:", what)
		os.Exit(1)
	}
}

func receiptOf(ctx context.Context, client *ethclient.Client, hash common.Hash) *types.Receipt {
	for {
		receipt, err := client.TransactionReceipt(ctx, hash)
		if err == nil {
			demand(receipt.Status == types.ReceiptStatusSuccessful, "the transaction succeeds")
			return receipt
		}
		if err != ethereum.NotFound {
			must(0, err)
		}
	}
}

type session struct {
	ctx    context.Context
	http   *ethclient.Client
	ws     *ethclient.Client
	auth   *bind.TransactOpts
	sender common.Address
}

func connect(ctx context.Context, port string) session {
	http := must(ethclient.DialContext(ctx, "http://127.0.0.1:"+port))
	ws := must(ethclient.DialContext(ctx, "ws://127.0.0.1:"+port))
	key := must(crypto.HexToECDSA(devKey))
	id := must(http.ChainID(ctx))
	demand(id.Cmp(big.NewInt(31337)) == 0, "the chain id is 31337")
	return session{ctx, http, ws, bind.NewKeyedTransactor(key, id), crypto.PubkeyToAddress(key.PublicKey)}
}

// Deploys the token, transfers some of it and sees the event in a filter and in a subscription.
func (s session) useToken(code token) {
	supply := big.NewInt(1_000_000)
	input := append(common.FromHex(code.Bytecode), must(code.ABI.Pack("", supply))...)
	address, deployment, err := bind.DeployContract(s.auth, input, s.http, nil)
	must(0, err)
	created := receiptOf(s.ctx, s.http, deployment.Hash())
	demand(created.ContractAddress == address, "the contract is where bind expects it")

	logs := make(chan types.Log, 16)
	query := ethereum.FilterQuery{Addresses: []common.Address{address}}
	subscription := must(s.ws.SubscribeFilterLogs(s.ctx, query, logs))
	defer subscription.Unsubscribe()
	contract := bind.NewBoundContract(address, code.ABI, s.http, s.http, s.http)
	sent := must(contract.Transact(s.auth, "transfer", recipient, big.NewInt(7)))
	receipt := receiptOf(s.ctx, s.http, sent.Hash())
	demand((<-logs).TxHash == sent.Hash(), "the subscription tells of the transfer")

	query.BlockHash = &receipt.BlockHash
	found := must(s.http.FilterLogs(s.ctx, query))
	demand(len(found) == 1 && found[0].TxHash == sent.Hash(), "the filter finds the transfer")
	var balance []any
	must(0, contract.Call(&bind.CallOpts{}, &balance, "balanceOf", recipient))
	demand(balance[0].(*big.Int).Int64() == 7, "the recipient has what was sent")

	tooMuch := must(code.ABI.Pack("transfer", recipient, new(big.Int).Add(supply, supply)))
	_, err = s.http.EstimateGas(s.ctx, ethereum.CallMsg{From: s.sender, To: &address, Data: tooMuch})
	demand(err != nil, "a transfer of more than there is has no estimate")
}

// A block as ethclient checks it: its hash, transactions root and uncles are recomputed.
func (s session) readBlocks() {
	heads := make(chan *types.Header, 16)
	subscription := must(s.ws.SubscribeNewHead(s.ctx, heads))
	defer subscription.Unsubscribe()
	s.transfer()
	head := <-heads
	block := must(s.http.BlockByNumber(s.ctx, head.Number))
	demand(block.Hash() == head.Hash(), "the head's hash is that of its fields")
	demand(types.DeriveSha(block.Transactions(), newHasher()) == block.TxHash(), "the root is that of the list")
	receipts := must(s.http.BlockReceipts(s.ctx, blockOf(head)))
	demand(types.DeriveSha(types.Receipts(receipts), newHasher()) == block.ReceiptHash(), "so is the receipts'")
}

func (s session) transfer() {
	nonce := must(s.http.PendingNonceAt(s.ctx, s.sender))
	tip := must(s.http.SuggestGasTipCap(s.ctx))
	head := must(s.http.HeaderByNumber(s.ctx, nil))
	most := new(big.Int).Add(tip, new(big.Int).Mul(head.BaseFee, big.NewInt(2)))
	signed := must(s.auth.Signer(s.sender, types.NewTx(&types.DynamicFeeTx{
		ChainID: big.NewInt(31337), Nonce: nonce, GasTipCap: tip, GasFeeCap: most,
		Gas: 21_000, To: &recipient, Value: big.NewInt(1)})))
	must(0, s.http.SendTransaction(s.ctx, signed))
	receiptOf(s.ctx, s.http, signed.Hash())
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: peers PORT TOKEN.json TRANSFERS")
		os.Exit(2)
	}
	var code token
	must(0, json.Unmarshal(must(os.ReadFile(os.Args[2])), &code))
	count := must(strconv.Atoi(os.Args[3]))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()

	s := connect(ctx, os.Args[1])
	s.useToken(code)
	s.readBlocks()
	begin := time.Now()
	for range count {
		s.transfer()
	}
	each := time.Since(begin) / time.Duration(count)
	fmt.Printf("ethclient: contract, events, blocks and receipts as they must be; a transfer with its five requests %.2f ms\n",
		float64(each.Microseconds())/1000)
}
