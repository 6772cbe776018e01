// The Kubernetes API server, its etcd and kubectl in one binary, for tests: the first argument chooses.
package main

import (
	"fmt"
	"io"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: apiserver etcd|kube-apiserver|kubectl|certs ARGUMENTS")
		os.Exit(2)
	}
	command, arguments := os.Args[1], os.Args[2:]
	os.Args = append([]string{command}, arguments...)
	switch command {
	case "etcd":
		exitWithParent()
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		exitWithParent()
		os.Exit(cli.Run(app.NewAPIServerCommand()))
	case "kubectl":
		os.Exit(cli.Run(kubectl.NewDefaultKubectlCommand()))
	case "certs":
		if err := writeCertificates(arguments); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		fmt.Fprintf(os.Stderr, "unknown command %q\n", command)
		os.Exit(2)
	}
}

// exitWithParent ends the process when its standard input closes, which happens when the test that started it ends, however
// it ends: no server outlives its test.
func exitWithParent() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
}
