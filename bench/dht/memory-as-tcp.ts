import { type Transport, transportSymbol } from '@libp2p/interface'
import { memory } from '@libp2p/memory'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { transportOf } from '../../src/lib/addresses/transport-of.ts'

/**
 * The memory transport behind addresses of TCP, whose ports are its names: the bytes of a /memory address are others in
 * JavaScript than in the multiaddr spec, so that the answers of a DHT cannot carry one.
 *
 * @param components - of libp2p
 * @returns a transport that stays within this process
 */
export function memoryAsTcp(components: Parameters<ReturnType<typeof memory>>[0]): Transport {
  const inner = memory()(components)
  const own = (addresses: Multiaddr[]) => addresses.filter((address) => transportOf(address) === 'tcp')
  return {
    [Symbol.toStringTag]: 'memory behind tcp',
    [transportSymbol]: true,
    dial: (address, options) => inner.dial(inMemory(address), options),
    createListener(options) {
      const listener = inner.createListener(options)
      const listen = listener.listen.bind(listener)
      listener.listen = async (address) => {
        await listen(inMemory(address))
        listener.getAddrs = () => [address]
      }
      return listener
    },
    listenFilter: own,
    dialFilter: own,
  }
}

function inMemory(address: Multiaddr): Multiaddr {
  const port = address.getComponents().find(({ name }) => name === 'tcp')?.value
  return multiaddr(`/memory/${port}`)
}
