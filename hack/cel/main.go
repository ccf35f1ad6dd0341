// Prints the conformance cases of CEL as JSON, one file of cases a line.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	_ "cel.dev/expr/conformance/proto2"
	_ "cel.dev/expr/conformance/proto3"
	cases "cel.dev/expr/conformance/test"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/prototext"
)

func main() {
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*.textproto"))
	if err != nil || len(files) == 0 {
		log.Fatalf("no cases in %s: %v", os.Args[1], err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		read := &cases.SimpleTestFile{}
		if err := prototext.Unmarshal(text, read); err != nil {
			log.Fatalf("%s: %v", file, err)
		}
		json, err := protojson.Marshal(read)
		if err != nil {
			log.Fatalf("%s: %v", file, err)
		}
		fmt.Println(string(json))
	}
}
