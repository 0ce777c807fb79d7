import { Request, type SendMessage, type UpdatePeer } from './message.ts'
import { longest, longestRequest } from './protocol.ts'

/** What a peer of the chat says. */
export type ChatRequest =
  | {
      type: 'SEND_MESSAGE'
      /** the text; nothing makes sure that it is UTF-8 */
      data: Uint8Array
      /** when its author says that it was written, in milliseconds since 1970 */
      created: bigint
      /** the same for each copy of it */
      id: Uint8Array
    }
  | {
      type: 'UPDATE_PEER'
      /** what its author wants to be called; nothing when absent */
      userHandle?: Uint8Array
    }

/**
 * Encodes a request as the core course's proto2 does: what is required is always written, also a type that is 0.
 *
 * @param request - what to say
 * @returns its bytes, without a length
 */
export function encodeRequest(request: ChatRequest): Uint8Array {
  switch (request.type) {
    case 'SEND_MESSAGE': {
      const { data, created, id } = request
      const sendMessage = { data: Uint8Array.from(data), created, id: Uint8Array.from(id) }
      return Request.encode({ type: Request.Type.SEND_MESSAGE, sendMessage })
    }
    case 'UPDATE_PEER': {
      const { userHandle } = request
      const updatePeer = userHandle === undefined ? {} : { userHandle: Uint8Array.from(userHandle) }
      return Request.encode({ type: Request.Type.UPDATE_PEER, updatePeer })
    }
  }
}

/**
 * Decodes a request, and refuses what the core course's proto2 requires and is not there.
 *
 * @param bytes - one request, without its length
 * @returns what it says, bounded
 * @throws Error that says what is wrong with it
 */
export function decodeRequest(bytes: Uint8Array): ChatRequest {
  atMost('a request', bytes, longestRequest)
  const { type, sendMessage, updatePeer } = Request.decode(bytes)
  switch (type) {
    case Request.Type.SEND_MESSAGE:
      return { type: 'SEND_MESSAGE', ...checkedMessage(required('sendMessage', sendMessage)) }
    case Request.Type.UPDATE_PEER:
      return { type: 'UPDATE_PEER', ...checkedPeer(required('updatePeer', updatePeer)) }
    case undefined:
      throw new RangeError('a request without its type')
  }
}

function checkedMessage(message: SendMessage) {
  const data = required('data', message.data)
  const id = required('id', message.id)
  atMost('a text', data, longest.text)
  atMost('an ID', id, longest.id)
  return { data, created: required('created', message.created), id }
}

function checkedPeer({ userHandle }: UpdatePeer): { userHandle?: Uint8Array } {
  if (userHandle === undefined || userHandle.length === 0) return {}
  atMost('a handle', userHandle, longest.handle)
  return { userHandle }
}

function required<T>(field: string, value: T | undefined): T {
  if (value === undefined) throw new RangeError(`a request without its ${field}`)
  return value
}

function atMost(what: string, { length }: Uint8Array, most: number): void {
  if (length > most) throw new RangeError(`${what} of ${length} bytes, where ${most} are the most`)
}
