// Writes what sloth makes of an objective: its specification on standard input, rules of Prometheus on standard output.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/slok/sloth/pkg/lib"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	specification, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	generator, err := lib.NewPrometheusSLOGenerator(lib.PrometheusSLOGeneratorConfig{})
	if err != nil {
		return err
	}
	made, err := generator.GenerateFromRaw(ctx, specification)
	if err != nil {
		return err
	}
	return generator.WriteResultAsPrometheusStd(ctx, *made, os.Stdout)
}
