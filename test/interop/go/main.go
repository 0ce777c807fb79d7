// A libp2p peer on go-libp2p, driven by lines of JSON: see ../README.md.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
)

const deadline = 30 * time.Second

type ready struct {
	Event        string            `json:"event"`
	PeerID       peer.ID           `json:"peerId"`
	Addresses    []string          `json:"addresses"`
	AgentVersion string            `json:"agentVersion"`
	Versions     map[string]string `json:"versions"`
}

type failure struct {
	Event string `json:"event"`
	Error string `json:"error"`
}

type request struct {
	ID         json.RawMessage `json:"id"`
	Command    string          `json:"command"`
	Address    string          `json:"address"`
	Peer       string          `json:"peer"`
	Count      int             `json:"count"`
	Bytes      int64           `json:"bytes"`
	Protocol   string          `json:"protocol"`
	KeyType    string          `json:"keyType"`
	PrivateKey []byte          `json:"privateKey"`
	Key        []byte          `json:"key"`
	Value      []byte          `json:"value"`
	CID        string          `json:"cid"`
	Path       string          `json:"path"`
	Sequence   string          `json:"sequence"`
	Topic      string          `json:"topic"`
	Data       []byte          `json:"data"`
}

type response struct {
	ID     json.RawMessage `json:"id"`
	Result any             `json:"result,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// lines writes one JSON object a line, from any goroutine.
type lines struct {
	mu  sync.Mutex
	enc *json.Encoder
}

func (l *lines) tell(v any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.enc.Encode(v); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := &lines{enc: json.NewEncoder(os.Stdout)}
	if err := run(in, out); err != nil {
		event := "failed"
		if errors.Is(err, errors.ErrUnsupported) {
			event = "unsupported"
		}
		out.tell(failure{event, err.Error()})
		os.Exit(1)
	}
}

func run(in *bufio.Reader, out *lines) error {
	line, err := readLine(in)
	if err != nil {
		return fmt.Errorf("no configuration: %w", err)
	}
	cfg, err := parseConfig(line)
	if err != nil {
		return err
	}
	h, err := newHost(cfg)
	if err != nil {
		return err
	}
	defer h.Close()

	n, err := newNode(h, out)
	if err != nil {
		return err
	}
	if err := n.takePart(cfg); err != nil {
		return err
	}
	if err := cfg.start(h); err != nil {
		return err
	}
	if err := n.join(cfg); err != nil {
		return err
	}
	n.tellConnections()
	out.tell(ready{"ready", h.ID(), addressesOf(h), agentVersion, versions()})
	n.serve(in)
	return nil
}

func addressesOf(h host.Host) []string {
	addresses := []string{}
	for _, a := range h.Addrs() {
		addresses = append(addresses, fmt.Sprintf("%s/p2p/%s", a, h.ID()))
	}
	return addresses
}

// serve answers commands until stdin ends, each in its own goroutine.
func (n *node) serve(in *bufio.Reader) {
	for {
		line, err := readLine(in)
		if err != nil {
			return
		}
		go func() { n.out.tell(n.answer(line)) }()
	}
}

func (n *node) answer(line []byte) response {
	var req request
	if err := json.Unmarshal(line, &req); err != nil {
		return response{ID: req.ID, Error: err.Error()}
	}
	command, ok := commands[req.Command]
	if !ok {
		return response{ID: req.ID, Error: fmt.Sprintf("unknown command %q", req.Command)}
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	result, err := command(n, ctx, req)
	if err != nil {
		return response{ID: req.ID, Error: err.Error()}
	}
	return response{ID: req.ID, Result: result}
}

// readLine also returns a last line that no newline ends.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadBytes('\n')
	if err == io.EOF && len(line) > 0 {
		err = nil
	}
	return line, err
}
