package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/libp2p/go-libp2p"
	mplex "github.com/libp2p/go-libp2p-mplex"
	"github.com/libp2p/go-libp2p/config"
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/net/upgrader"
	"github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/client"
	"github.com/libp2p/go-libp2p/p2p/protocol/circuitv2/relay"
	"github.com/libp2p/go-libp2p/p2p/security/insecure"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	libp2ptls "github.com/libp2p/go-libp2p/p2p/security/tls"
	quic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/libp2p/go-libp2p/p2p/transport/websocket"
	"github.com/multiformats/go-multiaddr"
)

const modulePath = "github.com/libp2p/"

// told are the modules whose versions the table of the results names.
var told = []string{"go-libp2p", "go-libp2p-kad-dht", "go-libp2p-pubsub"}

var agentVersion = "go-libp2p/" + versions()["go-libp2p"]

func versions() map[string]string {
	v := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		v["go"] = info.GoVersion
		for _, dep := range info.Deps {
			if name := strings.TrimPrefix(dep.Path, modulePath); slices.Contains(told, name) {
				v[name] = dep.Version
			}
		}
	}
	return v
}

type hostConfig struct {
	Listen     []string      `json:"listen"`
	Transports []string      `json:"transports"`
	Security   []string      `json:"security"`
	Muxers     []string      `json:"muxers"`
	PrivateKey []byte        `json:"privateKey"`
	PSK        string        `json:"psk"`
	TLS        tlsConfig     `json:"tls"`
	Relay      bool          `json:"relay"`
	Reserve    string        `json:"reserve"`
	DHT        *dhtConfig    `json:"dht"`
	PubSub     *pubSubConfig `json:"pubsub"`
}

type tlsConfig struct {
	Cert string `json:"cert"`
	Key  string `json:"key"`
	CA   string `json:"ca"`
}

func parseConfig(line []byte) (hostConfig, error) {
	var cfg hostConfig
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&cfg); err != nil {
		return cfg, fmt.Errorf("configuration: %w", err)
	}
	return cfg, nil
}

func newHost(cfg hostConfig) (host.Host, error) {
	opts, err := cfg.options()
	if err != nil {
		return nil, err
	}
	return libp2p.New(opts...)
}

// start makes the host reachable.
func (cfg hostConfig) start(h host.Host) error {
	// libp2p.New is content when one of several addresses can be listened on.
	for _, addr := range cfg.Listen {
		a, err := multiaddr.NewMultiaddr(addr)
		if err != nil {
			return err
		}
		if err := h.Network().Listen(a); err != nil {
			return err
		}
	}
	if cfg.Relay {
		// Started here instead of by libp2p.EnableRelayService, which waits for a verdict on reachability.
		// Reservations name public addresses only unless told otherwise.
		everyAddress := func(multiaddr.Multiaddr) bool { return true }
		if _, err := relay.New(h, relay.WithReservationAddressFilter(everyAddress)); err != nil {
			return err
		}
	}
	if cfg.Reserve != "" {
		info, err := peer.AddrInfoFromString(cfg.Reserve)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		defer cancel()
		if _, err := client.Reserve(ctx, h, *info); err != nil {
			return err
		}
	}
	return nil
}

func (cfg hostConfig) options() ([]libp2p.Option, error) {
	opts := []libp2p.Option{
		libp2p.UserAgent(agentVersion),
		libp2p.NoListenAddrs,
		libp2p.NoTransports,
		noUpgrades,
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.ConnectionManager(connmgr.NullConnMgr{}),
		libp2p.DisableMetrics(),
		libp2p.DisableIdentifyAddressDiscovery(),
		// AutoNAT does not ask peers about a reachability that is settled.
		libp2p.ForceReachabilityPublic(),
	}
	add := func(more ...libp2p.Option) { opts = append(opts, more...) }

	for _, name := range cfg.Transports {
		switch name {
		case "tcp":
			add(libp2p.Transport(tcp.NewTCPTransport))
		case "ws":
			ws, err := cfg.TLS.webSockets()
			if err != nil {
				return nil, err
			}
			add(ws)
		case "quic":
			if cfg.PSK != "" {
				return nil, unsupported("transport", "quic in a private network")
			}
			add(libp2p.Transport(quic.NewTransport))
		case "relay":
		default:
			return nil, unsupported("transport", name)
		}
	}
	for _, name := range cfg.Security {
		switch name {
		case "noise":
			add(libp2p.Security(noise.ID, noise.New))
		case "tls":
			add(libp2p.Security(libp2ptls.ID, libp2ptls.New))
		case "plaintext":
			add(libp2p.Security(insecure.ID, insecure.NewWithIdentity))
		default:
			return nil, unsupported("security", name)
		}
	}
	for _, name := range cfg.Muxers {
		switch name {
		case "yamux":
			add(libp2p.Muxer(yamux.ID, yamux.DefaultTransport))
		case "mplex":
			add(libp2p.Muxer(mplex.ID, mplex.DefaultTransport))
		default:
			return nil, unsupported("muxer", name)
		}
	}
	if cfg.PrivateKey != nil {
		key, err := crypto.UnmarshalPrivateKey(cfg.PrivateKey)
		if err != nil {
			return nil, err
		}
		add(libp2p.Identity(key))
	}
	if cfg.PSK != "" {
		psk, err := hex.DecodeString(cfg.PSK)
		if err != nil {
			return nil, fmt.Errorf("psk: %w", err)
		}
		if len(psk) != 32 {
			return nil, fmt.Errorf("psk: %d bytes instead of 32", len(psk))
		}
		add(libp2p.PrivateNetwork(psk))
	}
	if cfg.Reserve != "" || slices.Contains(cfg.Transports, "relay") {
		add(libp2p.EnableRelay())
	}
	if cfg.Reserve != "" {
		circuit, err := multiaddr.NewMultiaddr(cfg.Reserve + "/p2p-circuit")
		if err != nil {
			return nil, err
		}
		add(libp2p.AddrsFactory(func(addrs []multiaddr.Multiaddr) []multiaddr.Multiaddr {
			return append(slices.Clone(addrs), circuit)
		}))
	}
	return opts, nil
}

func unsupported(kind, name string) error {
	return fmt.Errorf("%s %s: %w", kind, name, errors.ErrUnsupported)
}

// noUpgrades keeps libp2p from filling in its defaults where nothing is named.
func noUpgrades(cfg *libp2p.Config) error {
	cfg.SecurityTransports = []config.Security{}
	cfg.Muxers = []upgrader.StreamMuxer{}
	return nil
}

func (cfg tlsConfig) webSockets() (libp2p.Option, error) {
	var opts []any
	if cfg.Cert != "" {
		cert, err := tls.LoadX509KeyPair(cfg.Cert, cfg.Key)
		if err != nil {
			return nil, err
		}
		opts = append(opts, websocket.WithTLSConfig(&tls.Config{Certificates: []tls.Certificate{cert}}))
	}
	if cfg.CA != "" {
		pem, err := os.ReadFile(cfg.CA)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s: no certificate", cfg.CA)
		}
		opts = append(opts, websocket.WithTLSClientConfig(&tls.Config{RootCAs: roots}))
	}
	return libp2p.Transport(websocket.New, opts...), nil
}
