#!/usr/bin/env python3
"""Asks geth about every block and transaction of a chain, and writes what it answers, a line a request.

usage: record_geth.py GETH GENESIS.json CHAIN.rlp FOLDER > answers.jsonl

FOLDER is made for geth's data, and emptied first. The lines depend on the chain and on geth's version only; answers.py says what
is in one.
"""

import shutil
import socket
import subprocess
import sys
import time

import answers
import json_rpc

TRACERS = [
    {},
    {"disableStack": True, "disableStorage": True},
    {"enableMemory": True, "enableReturnData": True, "limit": 20},
    {"tracer": "callTracer"},
    {"tracer": "callTracer", "tracerConfig": {"withLog": True}},
    {"tracer": "callTracer", "tracerConfig": {"onlyTopCall": True}},
    {"tracer": "prestateTracer"},
    {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}},
    {"tracer": "prestateTracer", "tracerConfig": {"disableCode": True, "disableStorage": True}},
    {"tracer": "flatCallTracer"},
    {"tracer": "flatCallTracer", "tracerConfig": {"includePrecompiles": True, "convertParityErrors": True}},
    {"tracer": "4byteTracer"},
    {"tracer": "noopTracer"},
    {"tracer": "muxTracer", "tracerConfig": {"callTracer": {"withLog": True}, "4byteTracer": None}},
    {"tracer": "erc7562Tracer"},
]
START_SECONDS = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_start(port):
    for _ in range(START_SECONDS * 20):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("geth did not start")


class Geth(json_rpc.JsonRpc):
    """geth over an imported chain, without peers and without new blocks."""

    def __init__(self, geth, genesis, chain, folder):
        shutil.rmtree(folder, ignore_errors=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
        archive = ["--gcmode", "archive", "--state.scheme", "hash"]
        subprocess.run([geth, "init", "--datadir", folder, "--state.scheme", "hash", genesis], **quiet)
        subprocess.run([geth, "--datadir", folder, *archive, "import", chain], **quiet)
        port = free_port()
        process = subprocess.Popen(
            [geth, "--datadir", folder, *archive, "--verbosity", "0", "--nodiscover", "--maxpeers", "0", "--port", "0",
             "--ipcdisable", "--authrpc.port", str(free_port()), "--http", "--http.port", str(port),
             "--http.api", "eth,debug,net,web3"])
        await_start(port)
        super().__init__(process, port)


def record(node, method, params):
    answer = node.ask(method, params)
    print(answers.line(method, params, answer))
    return answer.get("result")


def record_transaction(node, transaction):
    record(node, "eth_getTransactionReceipt", [transaction["hash"]])
    for tracer in TRACERS:
        record(node, "debug_traceTransaction", [transaction["hash"], tracer])


def record_proofs(node, block, touched):
    for address, slots in sorted(touched.items()):
        record(node, "eth_getProof", [address, sorted(slots)[:8], block])


def touched_by(node, transaction):
    """Accounts that the transaction reads or writes, each with its slots."""
    config = {"tracer": "prestateTracer", "tracerConfig": {"disableCode": True}}
    state = node.ask("debug_traceTransaction", [transaction["hash"], config])["result"]
    return {address: set(account.get("storage", {})) for address, account in state.items()}


def record_block(node, number):
    tag = hex(number)
    block = record(node, "eth_getBlockByNumber", [tag, True])
    record(node, "eth_getBlockReceipts", [tag])
    record(node, "eth_feeHistory", ["0x5", tag, [10, 50, 90]])
    record(node, "debug_getRawReceipts", [tag])
    touched = {}
    for transaction in block["transactions"]:
        record_transaction(node, transaction)
        for address, slots in touched_by(node, transaction).items():
            touched.setdefault(address, set()).update(slots)
    record_proofs(node, tag, touched)
    for tracer in ({"tracer": "callTracer"}, {"tracer": "flatCallTracer"}, {"tracer": "prestateTracer"}):
        record(node, "debug_traceBlockByNumber", [tag, tracer])


def main():
    geth, genesis, chain, folder = sys.argv[1:]
    node = Geth(geth, genesis, chain, folder)
    try:
        head = int(node.ask("eth_blockNumber", [])["result"], 16)
        for number in range(1, head + 1):
            record_block(node, number)
    finally:
        node.stop()


main()
