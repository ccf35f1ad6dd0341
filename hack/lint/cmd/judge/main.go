// Command judge has others look at certificates: zlint at what they say, go-spiffe at whether they are what SPIFFE asks for.
//
//	judge CHAIN TRUST TRUST-DOMAIN
//
// CHAIN is a leaf and its intermediates, TRUST the roots, both PEM. It prints a line for each finding, and ends with 1 where
// go-spiffe refuses the chain.
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"slices"

	"github.com/spiffe/go-spiffe/v2/bundle/x509bundle"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
	zx509 "github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
)

func main() {
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: judge CHAIN TRUST TRUST-DOMAIN"))
	}
	chain, trust := certificates(os.Args[1]), certificates(os.Args[2])
	lints(chain[0].Raw)
	domain, err := spiffeid.TrustDomainFromString(os.Args[3])
	fail(err)
	id, _, err := x509svid.Verify(chain, x509bundle.FromX509Authorities(domain, trust))
	fail(err)
	fmt.Println("spiffe", id)
}

// lints prints what zlint finds, and nothing of what passes or does not apply.
func lints(der []byte) {
	certificate, err := zx509.ParseCertificate(der)
	fail(err)
	found := []string{}
	for name, result := range zlint.LintCertificate(certificate).Results {
		if result.Status >= lint.Notice && result.Status != lint.Reserved {
			found = append(found, fmt.Sprintln("zlint", result.Status, name, result.Details))
		}
	}
	slices.Sort(found)
	for _, line := range found {
		fmt.Print(line)
	}
}

func certificates(file string) []*x509.Certificate {
	text, err := os.ReadFile(file)
	fail(err)
	var read []*x509.Certificate
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		one, err := x509.ParseCertificate(block.Bytes)
		fail(err)
		read = append(read, one)
	}
	if len(read) == 0 {
		fail(fmt.Errorf("%s: no certificates", file))
	}
	return read
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "judge:", err)
		os.Exit(1)
	}
}
