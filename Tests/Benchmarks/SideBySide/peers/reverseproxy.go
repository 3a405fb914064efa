// What a Go programmer would write in place of Cartouche: ReverseProxy with a fixed token.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"
)

func main() {
	listen, origin, authority, token := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	base, err := url.Parse(origin)
	exitOn(err)
	pem, err := os.ReadFile(authority)
	exitOn(err)
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(pem)

	proxy := httputil.NewSingleHostReverseProxy(base)
	direct := proxy.Director
	proxy.Director = func(request *http.Request) {
		direct(request)
		request.Host = "localhost"
		request.Header.Set("Authorization", "Bearer "+token)
	}
	proxy.Transport = &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: trusted, ServerName: "localhost"},
		DisableCompression:  true,
		MaxIdleConns:        512,
		MaxIdleConnsPerHost: 512,
		IdleConnTimeout:     10 * time.Minute,
	}
	proxy.ModifyResponse = func(answer *http.Response) error {
		if !strings.HasPrefix(answer.Request.URL.Path, "/v3/maps/carto_dw/table") ||
			answer.Header.Get("Content-Encoding") != "gzip" {
			return nil
		}
		reader, err := gzip.NewReader(answer.Body)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			return err
		}
		var packed bytes.Buffer
		writer, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
		writer.Write(bytes.ReplaceAll(text, []byte(origin), []byte("http://"+listen)))
		writer.Close()
		answer.Body = io.NopCloser(&packed)
		answer.ContentLength = int64(packed.Len())
		answer.Header.Del("Content-Length")
		answer.Header.Del("ETag")
		return nil
	}
	log.Fatal(http.ListenAndServe(listen, proxy))
}

func exitOn(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
