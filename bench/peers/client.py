"""Uses a node as Python programs do, through web3.py; ends with code 1 at the first wrong answer.

usage: client.py PORT TOKEN.json TRANSFERS
"""

import asyncio
import json
import sys
import time

from eth_account import Account
from web3 import AsyncWeb3, Web3, WebSocketProvider
from web3.exceptions import ContractCustomError, ContractLogicError
from web3.middleware import SignAndSendRawMiddlewareBuilder

RECIPIENT = Web3.to_checksum_address("0x00000000000000000000000000000000000000aa")
# The first account of the dev mnemonic.
KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"


def demand(holds, what):
    if not holds:
        sys.exit(f"web3.py: not so: {what}")


def use_token(w3, account, token):
    factory = w3.eth.contract(abi=token["abi"], bytecode=token["bytecode"])
    created = w3.eth.wait_for_transaction_receipt(factory.constructor(1_000_000).transact({"from": account.address}))
    contract = w3.eth.contract(address=created["contractAddress"], abi=token["abi"])
    watching = contract.events.Transfer.create_filter(from_block="latest")
    sent = contract.functions.transfer(RECIPIENT, 7).transact({"from": account.address})
    receipt = w3.eth.wait_for_transaction_receipt(sent)
    event = contract.events.Transfer().process_receipt(receipt)[0]
    demand(event["args"]["value"] == 7, "the receipt holds the event")
    demand(any(e["transactionHash"] == sent for e in watching.get_new_entries()), "the filter tells of it")
    demand(contract.functions.balanceOf(RECIPIENT).call() == 7, "the recipient has what was sent")
    try:
        contract.functions.transfer(RECIPIENT, 10**9).call({"from": account.address})
        demand(False, "too large a transfer reverts")
    except (ContractCustomError, ContractLogicError) as refusal:
        demand(str(refusal).find("e450d38c") >= 0, "the revert carries ERC20InsufficientBalance")


def read_blocks(w3):
    block = w3.eth.get_block("latest", full_transactions=True)
    demand(block["transactions"][0]["blockHash"] == block["hash"], "a transaction names its block")
    history = w3.eth.fee_history(2, "latest", [50])
    demand(len(history["baseFeePerGas"]) == 3, "the fee history reaches the next block")
    demand(len(w3.eth.get_block_receipts("latest")) == len(block["transactions"]), "a receipt a transaction")


async def listen(port, send):
    async with AsyncWeb3(WebSocketProvider(f"ws://127.0.0.1:{port}")) as w3:
        await w3.eth.subscribe("newHeads")
        await asyncio.to_thread(send)
        async for message in w3.socket.process_subscriptions():
            return message["result"]["number"]


def main():
    port, token_file, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    w3 = Web3(Web3.HTTPProvider(f"http://127.0.0.1:{port}"))
    account = Account.from_key(KEY)
    w3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(account), layer=0)
    demand(w3.eth.chain_id == 31337, "the chain id is 31337")
    with open(token_file, encoding="utf-8") as file:
        use_token(w3, account, json.load(file))

    def transfer():
        sent = w3.eth.send_transaction({"from": account.address, "to": RECIPIENT, "value": 1})
        demand(w3.eth.wait_for_transaction_receipt(sent, poll_latency=0.001)["status"] == 1, "the transfer succeeds")

    number = asyncio.run(asyncio.wait_for(listen(port, transfer), 20))
    demand(number == w3.eth.block_number, "the subscription tells of the head")
    read_blocks(w3)
    begin = time.monotonic()
    for _ in range(count):
        transfer()
    each = (time.monotonic() - begin) / count
    print(f"web3.py: contract, events, filters and blocks as they must be; a transfer {1000 * each:.2f} ms")


main()
