// @ts-nocheck: made from message.proto by protons; `npm run generate` makes it anew
import { decodeMessage, encodeMessage, enumeration, message, streamMessage } from 'protons-runtime'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface Request {
  type?: Request.Type
  sendMessage?: SendMessage
  updatePeer?: UpdatePeer
}

export namespace Request {
  export enum Type {
    SEND_MESSAGE = 'SEND_MESSAGE',
    UPDATE_PEER = 'UPDATE_PEER'
  }

  enum __TypeValues {
    SEND_MESSAGE = 0,
    UPDATE_PEER = 1
  }

  export namespace Type {
    export const codec = (): Codec<Type> => {
      return enumeration<Type>(__TypeValues)
    }
  }

  let _codec: Codec<Request>

  export const codec = (): Codec<Request> => {
    if (_codec == null) {
      _codec = message<Request>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.type != null) {
          w.uint32(8)
          Request.Type.codec().encode(obj.type, w)
        }

        if (obj.sendMessage != null) {
          w.uint32(18)
          SendMessage.codec().encode(obj.sendMessage, w)
        }

        if (obj.updatePeer != null) {
          w.uint32(26)
          UpdatePeer.codec().encode(obj.updatePeer, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.type = Request.Type.codec().decode(reader)
              break
            }
            case 2: {
              obj.sendMessage = SendMessage.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.sendMessage
              })
              break
            }
            case 3: {
              obj.updatePeer = UpdatePeer.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.updatePeer
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.type`,
                value: Request.Type.codec().decode(reader)
              }
              break
            }
            case 2: {
              yield * SendMessage.codec().stream(reader, reader.uint32(), `${prefix}.sendMessage`, {
                limits: opts.limits?.sendMessage
              })

              break
            }
            case 3: {
              yield * UpdatePeer.codec().stream(reader, reader.uint32(), `${prefix}.updatePeer`, {
                limits: opts.limits?.updatePeer
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface RequestTypeFieldEvent {
    field: '$.type'
    value: Request.Type
  }

  export interface RequestSendMessageDataFieldEvent {
    field: '$.sendMessage.data'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RequestSendMessageCreatedFieldEvent {
    field: '$.sendMessage.created'
    value: bigint
  }

  export interface RequestSendMessageIdFieldEvent {
    field: '$.sendMessage.id'
    value: Uint8Array<ArrayBuffer>
  }

  export interface RequestUpdatePeerUserHandleFieldEvent {
    field: '$.updatePeer.userHandle'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Request>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Request.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Request>): Request {
    return decodeMessage(buf, Request.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Request>): Generator<RequestTypeFieldEvent | RequestSendMessageDataFieldEvent | RequestSendMessageCreatedFieldEvent | RequestSendMessageIdFieldEvent | RequestUpdatePeerUserHandleFieldEvent> {
    return streamMessage(buf, Request.codec(), opts)
  }
}

export interface SendMessage {
  data?: Uint8Array<ArrayBuffer>
  created?: bigint
  id?: Uint8Array<ArrayBuffer>
}

export namespace SendMessage {
  let _codec: Codec<SendMessage>

  export const codec = (): Codec<SendMessage> => {
    if (_codec == null) {
      _codec = message<SendMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.data != null) {
          w.uint32(10)
          w.bytes(obj.data)
        }

        if (obj.created != null) {
          w.uint32(16)
          w.int64(obj.created)
        }

        if (obj.id != null) {
          w.uint32(26)
          w.bytes(obj.id)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.data = reader.bytes()
              break
            }
            case 2: {
              obj.created = reader.int64()
              break
            }
            case 3: {
              obj.id = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.data`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.created`,
                value: reader.int64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SendMessageDataFieldEvent {
    field: '$.data'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SendMessageCreatedFieldEvent {
    field: '$.created'
    value: bigint
  }

  export interface SendMessageIdFieldEvent {
    field: '$.id'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<SendMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SendMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SendMessage>): SendMessage {
    return decodeMessage(buf, SendMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SendMessage>): Generator<SendMessageDataFieldEvent | SendMessageCreatedFieldEvent | SendMessageIdFieldEvent> {
    return streamMessage(buf, SendMessage.codec(), opts)
  }
}

export interface UpdatePeer {
  userHandle?: Uint8Array<ArrayBuffer>
}

export namespace UpdatePeer {
  let _codec: Codec<UpdatePeer>

  export const codec = (): Codec<UpdatePeer> => {
    if (_codec == null) {
      _codec = message<UpdatePeer>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.userHandle != null) {
          w.uint32(10)
          w.bytes(obj.userHandle)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.userHandle = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.userHandle`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface UpdatePeerUserHandleFieldEvent {
    field: '$.userHandle'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<UpdatePeer>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, UpdatePeer.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<UpdatePeer>): UpdatePeer {
    return decodeMessage(buf, UpdatePeer.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<UpdatePeer>): Generator<UpdatePeerUserHandleFieldEvent> {
    return streamMessage(buf, UpdatePeer.codec(), opts)
  }
}
