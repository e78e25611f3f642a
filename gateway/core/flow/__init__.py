"""A flow as it was read and checked: frozen structs only. What steps do stands in `steps`."""
