package accuracy

// Comparer compares a mask with a truth raster row by row, from the top. Memory grows with a row and with how many objects lie across one,
// not with the height. The zero value is ready; it belongs to one goroutine.
type Comparer struct {
	pixels     Pixels
	unobserved Unobserved
	objects    objects
}

// Unobserved counts labelled pixels that the mask does not know. They count as not found, too: Changed are among Pixels.FN and Unchanged
// among Pixels.TN.
type Unobserved struct{ Changed, Unchanged int }

// Row takes the next row of both, as long as those before. It panics when the two differ in length.
func (c *Comparer) Row(mask, truth []uint8) {
	if len(mask) != len(truth) {
		panic("accuracy: rows of mask and truth differ in length")
	}
	for i, t := range truth {
		found := mask[i] == Changed
		switch {
		case t == Unknown:
		case t == Changed && found:
			c.pixels.TP++
		case t == Changed:
			c.pixels.FN++
			c.unobserved.Changed += one(mask[i] == Unknown)
		case found:
			c.pixels.FP++
		default:
			c.pixels.TN++
			c.unobserved.Unchanged += one(mask[i] == Unknown)
		}
	}
	c.objects.row(len(mask),
		func(i int) bool { return truth[i] == Changed },
		func(i int) bool { return mask[i] == Changed && truth[i] != Unknown })
}

// Finish is the result after the last row. No row may follow.
func (c *Comparer) Finish() (Comparison, Sizes, Unobserved) {
	sizes := c.objects.finish()
	return Comparison{c.pixels, sizes.All()}, sizes, c.unobserved
}
