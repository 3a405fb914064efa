// Sends requests at a fixed rate, whether or not the answers come, and prints what they took as JSON.
//
// A request's time counts from the moment it was due, not from when a connection was free to send it: a server that
// stalls is charged for everybody who had to wait, which a loop that waits for each answer would hide.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	target := flag.String("url", "", "what to ask for")
	rate := flag.Float64("rate", 1000, "requests a second")
	connections := flag.Int("connections", 64, "kept-alive connections")
	seconds := flag.Float64("seconds", 5, "how long")
	authority := flag.String("ca", "", "PEM file of the authority, for https")
	token := flag.String("token", "", "bearer token to send; none: no Authorization")
	flag.Parse()

	base, err := url.Parse(*target)
	exitOn(err)
	request := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\n", base.RequestURI(), base.Host)
	if *token != "" {
		request += "Authorization: Bearer " + *token + "\r\n"
	}
	request += "\r\n"
	pool := x509.NewCertPool()
	if *authority != "" {
		pem, err := os.ReadFile(*authority)
		exitOn(err)
		pool.AppendCertsFromPEM(pem)
	}
	dial := func() (net.Conn, error) {
		if base.Scheme == "https" {
			return tls.Dial("tcp", base.Host, &tls.Config{RootCAs: pool, ServerName: base.Hostname()})
		}
		return net.Dial("tcp", base.Host)
	}

	total := int64(*rate * *seconds)
	times := make([]int64, total)
	var next, failures int64
	var group, ready sync.WaitGroup
	begin := make(chan time.Time)
	ready.Add(*connections)
	for index := 0; index < *connections; index++ {
		group.Add(1)
		go func() {
			defer group.Done()
			connection, err := dial()
			exitOn(err)
			defer connection.Close()
			reader := bufio.NewReaderSize(connection, 64<<10)
			ready.Done()
			start := <-begin
			for {
				number := atomic.AddInt64(&next, 1) - 1
				if number >= total {
					return
				}
				due := start.Add(time.Duration(float64(number) / *rate * 1e9))
				if wait := time.Until(due); wait > 0 {
					time.Sleep(wait)
				}
				if !exchange(connection, reader, request) {
					atomic.AddInt64(&failures, 1)
					return
				}
				times[number] = int64(time.Since(due))
			}
		}()
	}
	ready.Wait()
	start := time.Now().Add(20 * time.Millisecond)
	for index := 0; index < *connections; index++ {
		begin <- start
	}
	group.Wait()

	done := make([]int64, 0, total)
	for _, value := range times {
		if value > 0 {
			done = append(done, value)
		}
	}
	sort.Slice(done, func(a, b int) bool { return done[a] < done[b] })
	result := map[string]interface{}{"requests": len(done), "failures": failures, "rate": *rate}
	for name, share := range map[string]float64{"p50": 0.5, "p90": 0.9, "p99": 0.99, "p999": 0.999} {
		if len(done) > 0 {
			result[name] = float64(done[int(share*float64(len(done)-1))]) / 1e3 // microseconds
		}
	}
	exitOn(json.NewEncoder(os.Stdout).Encode(result))
}

func exchange(connection net.Conn, reader *bufio.Reader, request string) bool {
	if _, err := io.WriteString(connection, request); err != nil {
		return false
	}
	answer, err := http.ReadResponse(reader, nil)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	return err == nil && answer.StatusCode == 200
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
