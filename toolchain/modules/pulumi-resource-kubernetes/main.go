// Command pulumi-resource-kubernetes serves the Kubernetes provider of Pulumi. The provider's own main embeds
// generated files that its module does not carry, so this one embeds the schema that the toolchain puts beside it.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

//go:embed schema.json
var schema []byte

func main() { provider.Serve("kubernetes", "4.25.0", schema, []byte("{}")) }
