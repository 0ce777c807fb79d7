import { type Running, type RunOptions, start } from './cli.ts'
import { bytesField, numberField } from './signed-record.ts'

/** A `p2p chat` whose lines a test writes. */
export interface Chatter {
  running: Running
  peerId: string
  /** over TCP, with the peer ID */
  address: string
  /** gives it lines */
  say(...lines: string[]): void
}

/** Starts `p2p chat --json`, and waits until it listens and is in its room. */
export async function startChat(args: string[] = [], options: RunOptions = {}): Promise<Chatter> {
  const running = start(['chat', '--json', '--transport', 'tcp', ...args], options)
  const { peerId, addresses } = await running.record('listening')
  await running.record('room-joined')
  const [address = ''] = addresses
  return { running, peerId, address, say: (...lines) => void running.child.stdin.write(`${lines.join('\n')}\n`) }
}

/** Waits until a chat has seen another in its room. */
export async function together({ running }: Chatter, { peerId }: { peerId: string }): Promise<void> {
  await running.record('peer-joined', ({ peer }) => peer === peerId)
}

/** The parts of a message; those that are undefined are left out. */
interface MessageParts {
  data?: Uint8Array | string | undefined
  created?: bigint | undefined
  id?: Uint8Array | string | undefined
}

/** A `Request` with a `SendMessage`, field by field as proto2 writes it. */
export function sendMessage(parts: MessageParts): Uint8Array {
  const { data, created, id } = { data: 'hello', created: 1_561_734_000_000n, id: 'an ID', ...parts }
  const message = [
    ...(data === undefined ? [] : [bytesField(1, data)]),
    ...(created === undefined ? [] : [numberField(2, BigInt.asUintN(64, created))]),
    ...(id === undefined ? [] : [bytesField(3, id)]),
  ]
  return Buffer.concat([numberField(1, 0), bytesField(2, Buffer.concat(message))])
}

/** A `Request` with an `UpdatePeer`, field by field as proto2 writes it. */
export function updatePeer(handle?: Uint8Array | string): Uint8Array {
  return Buffer.concat([numberField(1, 1), bytesField(3, handle === undefined ? '' : bytesField(1, handle))])
}
