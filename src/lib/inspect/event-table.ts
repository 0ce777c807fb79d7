import type { InspectionDetails } from './event.ts'
import type { Layer } from './layer.ts'

/** Every event of every layer, in the order in which they can happen, and what it says. */
export const eventTable: { [L in Layer]: { [Type in keyof InspectionDetails[L]]: string } } = {
  identity: {
    loaded: 'this node has its key: its peer ID and key type, and whether the key is fresh',
    'gave-up': 'the command fails: there is no usable key',
  },
  address: {
    'name-resolved':
      'a name server answered: the addresses or TXT records, and the time; for a bare peer ID, the DHT its addresses',
    'name-failed': 'a name server did not, or knows no such name; nor the DHT the peer',
    'candidates-listed': 'what there is to dial, before it is judged and sorted',
    'address-dropped': 'a candidate, a record or a name that is not dialled, and why',
    'gave-up': 'the command fails: no name led anywhere, or no candidate was left',
  },
  transport: {
    'dial-started': 'an address is dialled; the connection gets its name here',
    connected: 'the socket is connected: over WebSockets after the HTTP upgrade, over QUIC after the handshake',
    accepted: 'somebody connected to this node',
    'chunk-sent': 'bytes handed to the transport',
    'chunk-received': 'bytes read from the transport',
    closed: 'the raw connection ended: by whom, and why',
    abandoned: 'this side gave the dial up: another address was faster, or the command ended',
    failed: 'no raw connection came about',
    'gave-up': 'the command fails: nobody was reached',
  },
  security: {
    'network-protected':
      'both nonces of a private network are exchanged: what follows is encrypted with the pre-shared key',
    'line-sent': 'a multistream-select line of this side',
    'line-received': 'a multistream-select line of the other side',
    'protocol-selected': 'both sides have said the same security protocol',
    'handshake-started': 'the security protocol begins',
    'handshake-finished': 'the other side has proved its peer ID; a muxer may have been agreed on within the handshake',
    failed: 'no secured connection came about',
    'gave-up': 'the command fails for it',
  },
  muxer: {
    'line-sent': 'a multistream-select line of this side, where the handshake settled no muxer',
    'line-received': 'a multistream-select line of the other side',
    negotiated: 'the stream muxer, and whether it was agreed on early, within the handshake',
    'frame-sent': 'the header of a frame of yamux or mplex: data, window updates, resets, pings, go-away',
    'frame-received': 'the same from the other side',
    'stream-started': 'a stream exists: opened by whom',
    'stream-ended': 'it is gone',
    failed: 'no muxer in common, or it broke',
    'gave-up': 'the command fails for it',
  },
  connection: {
    opened: 'a libp2p connection: what its layers agreed on, and its ID in the records of `listen`',
    closed: 'it ended: by whom, and why',
    'bytes-counted': 'the bytes that each layer of it carried',
    failed: 'it was refused after the upgrade: not let in, or too many',
    'gave-up': 'the command fails for it',
  },
  stream: {
    'line-sent': 'a multistream-select line of this side',
    'line-received': 'a multistream-select line of the other side',
    negotiated: 'the protocol of the stream',
    'first-byte-sent': 'the first byte behind the negotiation, and the time since the stream was opened',
    'first-byte-received': 'the same from the other side',
    'half-closed': 'one side has said all that it will',
    reset: 'one side threw the stream away',
    closed: 'both directions have ended: the bytes behind the negotiation',
    failed: 'no stream came about',
    'gave-up': 'the command fails: the stream broke off',
  },
  protocol: {
    'message-sent': 'a message of a protocol that is known here, decoded',
    'message-received': 'the same from the other side',
    failed: 'the other side does not speak the protocol',
    'gave-up': 'the command fails: the protocol is not spoken, or was broken',
  },
  routing: {
    'lookup-started': 'peers close to a key are looked for, from those that are known',
    asked: 'a request to a peer: leading bits in common with the key, referrals to it, and who introduced it',
    answered:
      'its answer: how many closer peers and providers it named, whether it gave a value; the round trip, and the time with the dial',
    'peer-introduced': 'an answer named a peer that was not known',
    'answer-faulted': 'something in an answer was malformed, a lie or too much, and was left out',
    'request-failed': 'no answer: the code and the message of the error',
    'lookup-finished': 'whether nobody is left to ask; else enough was found, or the deadline came',
    'mdns-asked': 'the local network was asked for peers, on one interface',
    'mdns-answered': 'this node told where it is, on one interface',
    'mdns-heard': 'an answer from the local network: the IP address that sent it, and the peers that it tells',
    'mdns-ignored': 'a message from the local network, or a part of it, that was malformed or too long',
    'gave-up': 'the command fails: a lookup did',
  },
  pubsub: {
    'rpc-sent': 'subscriptions, messages and control messages of gossipsub that go to a peer together, decoded',
    'rpc-received': 'the same from the other side',
    rejected: 'something that a peer sent was not taken: of each kind the first, the tenth, the hundredth and so on',
    'gave-up': 'the command fails: publishing or subscribing did',
  },
}
