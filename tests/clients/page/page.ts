// A dapp's page as its author writes it: it asks the node for an account, deploys a token, sends
// some of it, and shows the transfers that it hears of over WebSocket. `?rpc=http://...` says where
// the node is; `window.artifact` is the compiled token.
import {
  type Address,
  type Hex,
  createPublicClient,
  createWalletClient,
  http,
  webSocket,
} from 'viem';
import { foundry } from 'viem/chains';

declare global {
  interface Window {
    artifact: { abi: any[]; bytecode: Hex };
  }
}

const url = new URLSearchParams(location.search).get('rpc')!;
const wallet = createWalletClient({ chain: foundry, transport: http(url) });
const reader = createPublicClient({ chain: foundry, transport: http(url), pollingInterval: 50 });
const listener = createPublicClient({
  chain: foundry,
  transport: webSocket(url.replace('http', 'ws'), { retryCount: 0 }),
});

const element = (id: string) => document.getElementById(id)!;
const show = (id: string, text: string) => (element(id).textContent = text);
const orShow = (action: () => Promise<void>) => () =>
  action().catch((error) => show('error', error.message));

let account: Address;
let token: Address;

async function connect() {
  [account] = await wallet.getAddresses();
  show('account', account);
  show('chain', String(await wallet.getChainId()));
}

async function deploy() {
  const hash = await wallet.deployContract({ ...window.artifact, account, args: [1_000n] });
  const receipt = await reader.waitForTransactionReceipt({ hash });
  token = receipt.contractAddress!;
  listener.watchContractEvent({
    address: token,
    abi: window.artifact.abi,
    eventName: 'Transfer',
    onLogs: (logs: any[]) => {
      for (const { args } of logs) {
        const item = document.createElement('li');
        item.textContent = `${args.value} to ${args.to}`;
        element('events').append(item);
      }
    },
    onError: (error) => show('error', error.message),
  });
  // Over the same connection, and answered after the subscription: from here on nothing is missed.
  await listener.getBlockNumber();
  show('token', token);
}

async function send() {
  for (const value of [1n, 2n, 3n]) {
    const hash = await wallet.writeContract({
      address: token,
      abi: window.artifact.abi,
      functionName: 'transfer',
      args: ['0x00000000000000000000000000000000000000aa', value],
      account,
    });
    await reader.waitForTransactionReceipt({ hash });
  }
}

element('deploy').addEventListener('click', orShow(deploy));
element('send').addEventListener('click', orShow(send));
orShow(connect)();
