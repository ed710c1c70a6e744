// A dapp's page as its author writes it with wagmi: it finds the wallets that are announced (EIP-6963), connects to the one that is
// clicked, deploys a token, sends some of it, and shows the transfers that it hears of over WebSocket. `?rpc=31337:http://...` says
// where the node of a chain is, once for each chain; `window.artifact` is the compiled token.
import {
  type Connector,
  connect,
  createConfig,
  deployContract,
  disconnect,
  getBlockNumber,
  http,
  switchChain,
  waitForTransactionReceipt,
  watchAccount,
  watchConnectors,
  watchContractEvent,
  webSocket,
  writeContract,
} from '@wagmi/core';
import { type Address, type Hex, defineChain } from 'viem';

declare global {
  interface Window {
    artifact: { abi: any[]; bytecode: Hex };
  }
}

const nodes = new URLSearchParams(location.search).getAll('rpc').map((text) => {
  const [, id, url] = /^(\d+):(.*)$/.exec(text)!;
  return { id: Number(id), url };
});
const chains = nodes.map(({ id, url }) =>
  defineChain({ id, name: `Chain ${id}`, nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 }, rpcUrls: { default: { http: [url] } } }),
) as any;
const transports = (of: (url: string) => any) => Object.fromEntries(nodes.map(({ id, url }) => [id, of(url)]));
const config = createConfig({ chains, transports: transports((url) => http(url, { retryCount: 0 })), pollingInterval: 50 });
// What is listened to; wallets have nothing to do with it.
const live = createConfig({
  chains,
  transports: transports((url) => webSocket(url.replace('http', 'ws'), { retryCount: 0 })),
  multiInjectedProviderDiscovery: false,
  storage: null,
});

const element = (id: string) => document.getElementById(id)!;
const show = (id: string, text: string) => (element(id).textContent = text);
const onClick = (button: HTMLElement, action: () => Promise<unknown>) =>
  button.addEventListener('click', () => action().catch((error) => show('error', error.message)));

let token: Address;

// A button for each wallet that is announced.
function offer(connectors: readonly Connector[]) {
  element('wallets').replaceChildren(
    ...connectors.map((connector) => {
      const button = document.createElement('button');
      button.textContent = `Connect ${connector.name}`;
      onClick(button, () => connect(config, { connector }));
      return button;
    }),
  );
}
offer(config.connectors);
watchConnectors(config, { onChange: offer });

// Also when the wallet's user chooses another account or chain, or takes the page's leave away.
watchAccount(config, {
  onChange({ address, chainId, status }) {
    show('status', status);
    show('account', address ?? '-');
    show('chain', chainId ? String(chainId) : '-');
    element('switch').hidden = !chainId || chainId === nodes[0].id;
  },
});

async function deploy() {
  show('token', '-');
  const hash = await deployContract(config, { ...window.artifact, args: [1_000n] });
  const { chainId } = config.state;
  const receipt = await waitForTransactionReceipt(config, { hash, chainId });
  token = receipt.contractAddress!;
  watchContractEvent(live, {
    chainId,
    address: token,
    abi: window.artifact.abi,
    eventName: 'Transfer',
    onLogs: (logs: any[]) => {
      for (const { args } of logs) {
        const item = document.createElement('li');
        item.textContent = `${args.value} from ${args.from} to ${args.to}`;
        element('events').append(item);
      }
    },
    onError: (error) => show('error', error.message),
  });
  // Over the same connection, and answered after the subscription: from here on nothing is missed.
  await getBlockNumber(live, { chainId, cacheTime: 0 });
  show('token', token);
}

async function send() {
  for (const value of [1n, 2n, 3n]) {
    const hash = await writeContract(config, {
      address: token,
      abi: window.artifact.abi,
      functionName: 'transfer',
      args: ['0x00000000000000000000000000000000000000aa', value],
    });
    await waitForTransactionReceipt(config, { hash });
  }
}

onClick(element('deploy'), deploy);
onClick(element('send'), send);
onClick(element('switch'), () => switchChain(config, { chainId: nodes[0].id }));
onClick(element('disconnect'), () => disconnect(config));
getBlockNumber(config).then(
  (number) => show('block', String(number)),
  (error) => show('error', error.message),
);
