package kernel

// lanes is how many float32 the registers of the assembly in use hold; 0 uses none. Tests change it.
var lanes = best()
