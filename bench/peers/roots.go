package main

import (
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"
)

func newHasher() *trie.StackTrie { return trie.NewStackTrie(nil) }

func blockOf(header *types.Header) rpc.BlockNumberOrHash {
	return rpc.BlockNumberOrHashWithHash(header.Hash(), true)
}
