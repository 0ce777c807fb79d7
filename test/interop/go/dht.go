package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ipfs/go-cid"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

type dhtConfig struct {
	Mode       string            `json:"mode"`
	Protocol   string            `json:"protocol"`
	Bootstrap  []string          `json:"bootstrap"`
	Validators map[string]string `json:"validators"`
}

var dhtModes = map[string]dht.ModeOpt{"server": dht.ModeServer, "client": dht.ModeClient}

// anyValue is the validator of a namespace whose values nobody checks.
type anyValue struct{}

func (anyValue) Validate(string, []byte) error        { return nil }
func (anyValue) Select(string, [][]byte) (int, error) { return 0, nil }

// newDHT takes part in a DHT. The library adds its own validators of pk and ipns.
func newDHT(h host.Host, cfg dhtConfig) (*dht.IpfsDHT, error) {
	mode, ok := dhtModes[cfg.Mode]
	if !ok {
		return nil, unsupported("dht mode", cfg.Mode)
	}
	opts := []dht.Option{
		dht.Mode(mode),
		// The prefix is not used, but with the default one no validators of one's own are allowed.
		dht.ProtocolPrefix(""),
		dht.V1ProtocolOverride(protocol.ID(cfg.Protocol)),
		dht.DisableAutoRefresh(),
	}
	for namespace, name := range cfg.Validators {
		if name != "none" {
			return nil, unsupported("validator", name)
		}
		opts = append(opts, dht.NamespacedValidator(namespace, anyValue{}))
	}
	return dht.New(h, opts...)
}

// join connects to the servers that are known from the beginning, and waits until they are asked.
func (cfg dhtConfig) join(ctx context.Context, d *dht.IpfsDHT) error {
	for _, address := range cfg.Bootstrap {
		info, err := peer.AddrInfoFromString(address)
		if err != nil {
			return err
		}
		if err := d.Host().Connect(ctx, *info); err != nil {
			return err
		}
		// A server is taken in once it has answered a query, of which nothing tells.
		for d.RoutingTable().Find(info.ID) == "" {
			select {
			case <-time.After(10 * time.Millisecond):
			case <-ctx.Done():
				return fmt.Errorf("%s does not serve the DHT: %w", info.ID, ctx.Err())
			}
		}
	}
	return nil
}

type foundPeer struct {
	Peer      peer.ID  `json:"peer"`
	Addresses []string `json:"addresses"`
}

func found(info peer.AddrInfo) foundPeer {
	f := foundPeer{info.ID, []string{}}
	for _, a := range info.Addrs {
		f.Addresses = append(f.Addresses, a.String())
	}
	return f
}

func (n *node) dhtPut(ctx context.Context, req request) (any, error) {
	return struct{}{}, n.dht.PutValue(ctx, string(req.Key), req.Value)
}

func (n *node) dhtGet(ctx context.Context, req request) (any, error) {
	value, err := n.dht.GetValue(ctx, string(req.Key))
	if err != nil {
		return nil, err
	}
	return map[string]any{"value": value}, nil
}

func (n *node) dhtProvide(ctx context.Context, req request) (any, error) {
	id, err := cid.Decode(req.CID)
	if err != nil {
		return nil, err
	}
	return struct{}{}, n.dht.Provide(ctx, id, true)
}

func (n *node) dhtFindProviders(ctx context.Context, req request) (any, error) {
	id, err := cid.Decode(req.CID)
	if err != nil {
		return nil, err
	}
	infos, err := n.dht.FindProviders(ctx, id)
	if err != nil {
		return nil, err
	}
	providers := []foundPeer{}
	for _, info := range infos {
		providers = append(providers, found(info))
	}
	return map[string]any{"providers": providers}, nil
}

func (n *node) dhtFindPeer(ctx context.Context, req request) (any, error) {
	id, err := peer.Decode(req.Peer)
	if err != nil {
		return nil, err
	}
	info, err := n.dht.FindPeer(ctx, id)
	if err != nil {
		return nil, err
	}
	return found(info), nil
}

func (n *node) dhtClosestPeers(ctx context.Context, req request) (any, error) {
	peers, err := n.dht.GetClosestPeers(ctx, string(req.Key))
	if err != nil {
		return nil, err
	}
	return map[string]any{"peers": peers}, nil
}

func inDHT(run command) command {
	return func(n *node, ctx context.Context, req request) (any, error) {
		if n.dht == nil {
			return nil, errors.New("this peer has no DHT")
		}
		return run(n, ctx, req)
	}
}
