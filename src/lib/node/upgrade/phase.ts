/** How far the upgrade of a raw connection to a libp2p connection has got, in order. */
export type UpgradePhase =
  | 'connecting'
  | 'protecting'
  | 'negotiating-security'
  | 'securing'
  | 'negotiating-muxer'
  | 'upgraded'
