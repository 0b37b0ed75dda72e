"""The pages of the sale, in the order in which a shopper meets them."""
