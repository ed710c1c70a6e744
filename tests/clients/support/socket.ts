// JSON-RPC over a WebSocket: answers by their ids, pushed messages dropped.
export class Socket {
  private readonly waiting = new Map<unknown, (answer: any) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    };
  }

  static open(url: string): Promise<Socket> {
    const socket = new WebSocket(url);
    return new Promise((resolve, reject) => {
      socket.onopen = () => resolve(new Socket(socket));
      socket.onerror = () => reject(new Error(`no WebSocket at ${url}`));
    });
  }

  ask(request: { id: unknown }): Promise<any> {
    return new Promise((resolve, reject) => {
      this.socket.onclose = () => reject(new Error('the WebSocket was closed'));
      this.waiting.set(request.id, resolve);
      this.socket.send(JSON.stringify(request));
    });
  }

  close() {
    this.socket.onclose = null;
    this.socket.close();
  }
}
