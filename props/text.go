package props

import "fmt"

// TextSentence is a sentence of the text that gradchain starts from.
type TextSentence struct {
	ID   string // "S1" to "S14", also that of the claim that tests it
	Said string // in short, for a sentence that no claim tests yet
}

// Text are the sentences of the section on vanishing and exploding gradients of Aggarwal,
// Neural Networks and Deep Learning (2018), in the order of the text.
func Text() []TextSentence {
	untested := map[int]string{
		10: "Depth often reduces the number of parameters.",
		11: "Adaptive learning rates help.",
		12: "Conjugate gradients help.",
	}
	out := make([]TextSentence, 14)
	for i := range out {
		out[i] = TextSentence{ID: fmt.Sprintf("S%d", i+1), Said: untested[i+1]}
	}
	return out
}
