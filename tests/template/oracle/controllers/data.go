// Package controllers holds the data that Sveltos gives templates, under the type names that its errors show.
package controllers

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

type currentObject struct {
	MatchingResource corev1.ObjectReference
	Resource         map[string]any
	CloudEvent       map[string]any
	Cluster          map[string]any
}

type currentObjects struct {
	MatchingResources []corev1.ObjectReference
	Resources         []map[string]any
	CloudEvents       []map[string]any
	Cluster           map[string]any
}

// One is the data of a trigger with oneForEvent: true.
func One(reference corev1.ObjectReference, resource, event, cluster map[string]any) any {
	return &currentObject{reference, resource, event, cluster}
}

// All is the data of a trigger with oneForEvent: false.
func All(references []corev1.ObjectReference, resources, events []map[string]any, cluster map[string]any) any {
	return &currentObjects{references, resources, events, cluster}
}

// Point is a struct with a String method and others.
type Point struct{ X, Y float64 }

func (p Point) String() string { return fmt.Sprintf("(%g,%g)", p.X, p.Y) }

// Scale has a fixed parameter.
func (p Point) Scale(factor float64) Point { return Point{p.X * factor, p.Y * factor} }

// Sum is variadic.
func (p Point) Sum(more ...int) int {
	sum := 0
	for _, next := range more {
		sum += next
	}
	return sum
}
