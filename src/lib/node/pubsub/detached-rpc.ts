import type { RawMessage, RouterRpc } from './router.ts'

/** Longest message ID that is heeded, in bytes: the router keeps those of IDONTWANT for some seconds. */
const longestId = 1024

const byteFields = ['from', 'data', 'seqno', 'signature', 'key'] as const

/**
 * Makes of an RPC what may be kept: its fields are parts of the whole RPC, up to 4 MiB of which may be nothing that is
 * read, and a message that waits for its reader, or for an IWANT, would hold all of it.
 *
 * @param rpc - what was decoded
 * @returns the same, with memory of its own for each message, and without message IDs of more than 1 KiB
 */
export function detachedRpc(rpc: RouterRpc): RouterRpc {
  const { messages, control } = rpc
  return {
    ...rpc,
    messages: messages.map(detachedMessage),
    ...(control && {
      control: {
        ...control,
        ihave: control.ihave.map(withShortIds),
        iwant: control.iwant.map(withShortIds),
        idontwant: control.idontwant.map(withShortIds),
      },
    }),
  }
}

function detachedMessage(message: RawMessage): RawMessage {
  const memory = new Uint8Array(byteFields.reduce((sum, name) => sum + (message[name]?.length ?? 0), 0))
  const detached: RawMessage = { topic: message.topic }
  let at = 0
  for (const name of byteFields) {
    const bytes = message[name]
    if (bytes === undefined) continue
    memory.set(bytes, at)
    detached[name] = memory.subarray(at, at + bytes.length)
    at += bytes.length
  }
  return detached
}

function withShortIds<T extends { messageIDs: Uint8Array[] }>(entry: T): T {
  if (entry.messageIDs.every(({ length }) => length <= longestId)) return entry
  return { ...entry, messageIDs: entry.messageIDs.filter(({ length }) => length <= longestId) }
}
