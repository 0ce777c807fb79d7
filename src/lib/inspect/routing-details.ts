/**
 * What can be seen of a query to a DHT or to the local network. `cpl` is the number of leading bits that a peer has in
 * common with the key, `hops` the number of referrals to it, and `by` who introduced it. `askedAt` is the address that
 * a peer was asked at while its ID was not known.
 */
export interface RoutingDetails {
  'lookup-started': { key: string; known: number }
  asked: { peer: string; request: string; cpl?: number; hops: number; by?: string }
  answered: {
    peer: string
    askedAt?: string
    request: string
    closer: number
    providers: number
    value: boolean
    rttMs: number
    ms: number
  }
  'peer-introduced': { peer: string; by: string; cpl: number; hops: number }
  'answer-faulted': { peer: string; problem: string }
  'request-failed': { peer: string; askedAt?: string; request: string; code: string; message: string; ms: number }
  'lookup-finished': { exhausted: boolean; known: number; ms: number }
  'mdns-asked': { service: string; interface: string }
  'mdns-answered': { service: string; interface: string; addresses: string[] }
  'mdns-heard': { from: string; peers: string[] }
  'mdns-ignored': { from: string; problem: string }
}
