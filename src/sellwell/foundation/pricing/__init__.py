"""Price lists, prices by grade, customer and contract, promotions in their period, floors: the price and its why."""
