import {
  type KadDHTComponents,
  kadDHT,
  passthroughMapper,
  removePrivateAddressesMapper,
  removePublicAddressesMapper,
} from '@libp2p/kad-dht'
import { dhtNetwork } from '../../addresses/dht-network.ts'
import type { DhtSpec } from '../spec.ts'
import { ContactPing, type PingComponents } from './contact-ping.ts'
import { recordValidators } from './validators.ts'

/** The addresses that the routing table takes, and that answers tell. */
const mappers = {
  public: removePrivateAddressesMapper,
  private: removePublicAddressesMapper,
  all: passthroughMapper,
}

/**
 * Makes the services of libp2p with which a node takes part in a DHT: libp2p's own kad-dht, and the ping that it
 * checks its contacts with.
 *
 * @param spec - the DHT, and the part that the node takes
 * @returns services of libp2p, by their names
 * @throws ToolkitError `usage` for a network that is none
 */
export function dhtServices({ mode, network, validators: namespaces = {} }: DhtSpec) {
  const { protocol, keeps } = dhtNetwork(network)
  // a datastore may be opened for another network the next time
  const datastorePrefix = `/dht/${Buffer.from(protocol).toString('base64url')}`
  const init = {
    protocol,
    datastorePrefix,
    clientMode: mode === 'client',
    peerInfoMapper: mappers[keeps],
    // the first peer may come at any time: nothing waits for it
    allowQueryWithZeroPeers: true,
  }
  return {
    ping: (components: PingComponents) => new ContactPing(components),
    dht(components: BeforePing) {
      if (!hasPing(components)) throw new Error('libp2p makes its services in the order they are given in')
      const records = { datastore: components.datastore, datastorePrefix }
      return kadDHT({ ...init, ...recordValidators(namespaces, records) })(components)
    },
  }
}

type BeforePing = Omit<KadDHTComponents, 'ping'> & Partial<Pick<KadDHTComponents, 'ping'>>

function hasPing(components: BeforePing): components is KadDHTComponents {
  return components.ping !== undefined
}
