import { BlockList, isIPv4 } from 'node:net'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

/** A network interface of this machine that has an IPv4 address. */
export interface Ip4Interface {
  /** such as `eth0` */
  name: string
  /** its first IPv4 address */
  address: string
  /** it leads nowhere but to this machine */
  loopback: boolean
  /** whether an address lies in a subnet of the interface: mDNS is spoken with nobody else (RFC 6762, section 11) */
  hasOnLink: (address: string) => boolean
}

/**
 * Lists the network interfaces that have an IPv4 address.
 *
 * @returns the interfaces, in the system's order
 */
export function ip4Interfaces(): Ip4Interface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, infos = []]) => {
    const subnets = infos.filter(({ family }) => family === 'IPv4')
    const [first] = subnets
    if (first === undefined) return []
    return [{ name, address: first.address, loopback: first.internal, hasOnLink: onLink(subnets) }]
  })
}

function onLink(subnets: NetworkInterfaceInfo[]): (address: string) => boolean {
  const list = new BlockList()
  for (const { cidr } of subnets) {
    const [network, prefix] = cidr?.split('/') ?? []
    if (network !== undefined && prefix !== undefined) list.addSubnet(network, Number(prefix), 'ipv4')
  }
  return (address) => isIPv4(address) && list.check(address, 'ipv4')
}
