// Package controllers holds the data that Sveltos gives templates, under the type names that its errors show.
package controllers

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

type currentObject struct {
	Resource         map[string]any
	MatchingResource corev1.ObjectReference
	Cluster          map[string]any
}

type currentObjects struct {
	Resources         []map[string]any
	MatchingResources []corev1.ObjectReference
	Cluster           map[string]any
}

// One is the data of a trigger with oneForEvent: true.
func One(resource map[string]any, reference corev1.ObjectReference, cluster map[string]any) any {
	return &currentObject{resource, reference, cluster}
}

// All is the data of a trigger with oneForEvent: false.
func All(resources []map[string]any, references []corev1.ObjectReference, cluster map[string]any) any {
	return &currentObjects{resources, references, cluster}
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
