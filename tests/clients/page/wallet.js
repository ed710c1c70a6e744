// A wallet as a browser extension puts it into every page: an EIP-1193 provider that is announced by EIP-6963. What it does not
// answer itself goes through `walletRequest` to the node, as an extension's own requests do, whatever the page may ask.
(() => {
  const listeners = { accountsChanged: [], chainChanged: [], connect: [], disconnect: [] };
  const emit = (event, value) => listeners[event].forEach((listener) => listener(value));
  const refusal = (code, message) => Object.assign(new Error(message), { code });
  const state = { accounts: [], chainId: undefined, isConnected: false, refusesNext: false };

  const answers = {
    eth_requestAccounts: async () => {
      if (state.refusesNext) {
        state.refusesNext = false;
        throw refusal(4001, 'User rejected the request.');
      }
      state.isConnected = true;
      emit('connect', { chainId: state.chainId });
      return state.accounts;
    },
    eth_accounts: async () => (state.isConnected ? state.accounts : []),
    eth_chainId: async () => state.chainId,
    wallet_requestPermissions: async () => {
      await answers.eth_requestAccounts();
      return [{ parentCapability: 'eth_accounts' }];
    },
    wallet_revokePermissions: async () => {
      state.isConnected = false;
      return null;
    },
    wallet_switchEthereumChain: async ([{ chainId }]) => {
      await window.wallet.moveTo(chainId);
      return null;
    },
  };

  const provider = {
    async request({ method, params = [] }) {
      if (method in answers) return answers[method](params);
      if (/^(eth_send|eth_sign|personal_)/.test(method) && !state.isConnected) throw refusal(4100, 'The page is not connected.');
      const { result, error } = await window.walletRequest(state.chainId, method, params);
      if (error) throw Object.assign(new Error(error.message), error);
      return result;
    },
    on(event, listener) {
      listeners[event]?.push(listener);
      return provider;
    },
    removeListener(event, listener) {
      if (listeners[event]) listeners[event] = listeners[event].filter((known) => known !== listener);
      return provider;
    },
  };

  // What its user does in the wallet itself.
  window.wallet = {
    async moveTo(chainId) {
      const accounts = await window.walletRequest(chainId, 'eth_accounts', []);
      if (!accounts.result) throw refusal(4902, `Unrecognized chain ID ${chainId}.`);
      state.chainId = chainId;
      emit('chainChanged', chainId);
    },
    choose(account) {
      state.accounts = [account];
      emit('accountsChanged', state.isConnected ? state.accounts : []);
    },
    lock() {
      state.isConnected = false;
      emit('accountsChanged', []);
    },
    refuseNext() {
      state.refusesNext = true;
    },
  };
  Object.assign(state, window.walletStart);

  const info = Object.freeze({
    uuid: '350670db-19fa-4704-a166-e52e178b59d2',
    name: 'Pocket',
    icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>',
    rdns: 'test.pocket',
  });
  const announce = () =>
    window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }));
  window.addEventListener('eip6963:requestProvider', announce);
  announce();
})();
