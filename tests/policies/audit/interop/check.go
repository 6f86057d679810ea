// Command check verifies Regent's checkpoints and proofs with Go's own packages for signed notes and
// transparency logs, which share nothing with Regent. A development check, run by interop/check.sh.
//
//	check VKEY CHECKPOINT PROOF...         notes, and inclusion proofs of records
//	check VKEY CHECKPOINT -consistency OLD PATH_FILE
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func fail(format string, args ...interface{}) {
	fmt.Printf("FAIL: "+format+"\n", args...)
	os.Exit(1)
}

func hash(text string) tlog.Hash {
	h, err := tlog.ParseHash(text)
	if err != nil {
		fail("hash %q: %v", text, err)
	}
	return h
}

// open checks the signature of a checkpoint and returns its tree.
func open(raw []byte, verifier note.Verifier) tlog.Tree {
	opened, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		fail("note: %v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		fail("origin %q is not the key's name %q", lines[0], verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		fail("size: %v", err)
	}
	return tlog.Tree{N: size, Hash: hash(lines[2])}
}

func read(name string) []byte {
	raw, err := os.ReadFile(name)
	if err != nil {
		fail("%v", err)
	}
	return raw
}

func main() {
	verifier, err := note.NewVerifier(os.Args[1])
	if err != nil {
		fail("verifier key: %v", err)
	}
	tree := open(read(os.Args[2]), verifier)
	if os.Args[3] == "-consistency" {
		old := open(read(os.Args[4]), verifier)
		var proof tlog.TreeProof
		for _, line := range strings.Fields(string(read(os.Args[5]))) {
			proof = append(proof, hash(line))
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
			fail("consistency %d to %d: %v", old.N, tree.N, err)
		}
		fmt.Printf("ok: %d records begin with %d\n", tree.N, old.N)
		return
	}
	for _, name := range os.Args[3:] {
		head, signed, _ := bytes.Cut(read(name), []byte("\n\n"))
		under := open(signed, verifier)
		lines := strings.Split(string(head), "\n")
		record, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
		if err != nil {
			fail("%s: %v", name, err)
		}
		index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
		if err != nil {
			fail("%s: %v", name, err)
		}
		var proof tlog.RecordProof
		for _, line := range lines[3:] {
			proof = append(proof, hash(line))
		}
		if err := tlog.CheckRecord(proof, under.N, under.Hash, index, tlog.RecordHash(record)); err != nil {
			fail("%s: %v", name, err)
		}
	}
	fmt.Printf("ok: checkpoint of %d records, %d inclusion proofs\n", tree.N, len(os.Args)-3)
}
